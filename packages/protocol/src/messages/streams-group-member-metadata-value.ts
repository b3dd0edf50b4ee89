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
  host: f(string, '0+'),
  port: f(uint16, '0+'),
})

const keyValue = struct('KeyValue', {
  key: f(string, '0+'),
  value: f(string, '0+'),
})

/** StreamsGroupMemberMetadataValue. */
export const streamsGroupMemberMetadataValue = message({
  name: 'StreamsGroupMemberMetadataValue',
  type: 'coordinator-value',
  apiKey: 19,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    instanceId: f(nullable(string), '0+'),
    rackId: f(nullable(string), '0+'),
    clientId: f(string, '0+'),
    clientHost: f(string, '0+'),
    rebalanceTimeoutMs: f(int32, '0+', { default: -1 }),
    topologyEpoch: f(int32, '0+'),
    processId: f(string, '0+'),
    userEndpoint: f(nullable(endpoint), '0+', { default: null }),
    clientTags: f(array(keyValue), '0+'),
  },
})

export interface StreamsGroupMemberMetadataValue extends MessageOf<typeof streamsGroupMemberMetadataValue> {}

export interface StreamsGroupMemberMetadataValueEndpoint extends StructOf<typeof endpoint> {}

export interface StreamsGroupMemberMetadataValueKeyValue extends StructOf<typeof keyValue> {}
