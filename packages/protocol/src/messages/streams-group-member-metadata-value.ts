import {
  array,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uint16,
} from '../table/index.ts'

const endpoint = struct('Endpoint', {
  host: f(string, '0+', 'Host name or address.'),
  port: f(uint16, '0+', 'TCP port.'),
})

const keyValue = struct('KeyValue', {
  key: f(string, '0+'),
  value: f(string, '0+'),
})

/** A member of a streams group. */
export const streamsGroupMemberMetadataValue = message({
  name: 'StreamsGroupMemberMetadataValue',
  type: 'coordinator-value',
  apiKey: 19,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    instanceId: f(nullable(string), '0+', 'Id of a static member, or null.'),
    rackId: f(nullable(string), '0+', 'Rack, to read from a replica nearby.'),
    clientId: f(string, '0+', 'What the client calls itself, for logs and quotas.'),
    clientHost: f(string, '0+'),
    rebalanceTimeoutMs: f(int32, '0+', 'Milliseconds a member has to give up or take over partitions.', {
      default: -1,
    }),
    topologyEpoch: f(int32, '0+', 'Version of the topology.'),
    processId: f(string, '0+', 'Id of the process that the member runs in.'),
    userEndpoint: f(nullable(endpoint), '0+', 'Where the member answers interactive queries, or null.', {
      default: null,
    }),
    clientTags: f(array(keyValue), '0+'),
  },
})

export interface StreamsGroupMemberMetadataValue extends MessageOf<typeof streamsGroupMemberMetadataValue> {}

export interface StreamsGroupMemberMetadataValueEndpoint extends StructOf<typeof endpoint> {}

export interface StreamsGroupMemberMetadataValueKeyValue extends StructOf<typeof keyValue> {}
