import {
  array,
  bytes,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const classicProtocol = struct('ClassicProtocol', {
  name: f(string, '0+'),
  metadata: f(bytes, '0+'),
})

const classicMemberMetadata = struct('ClassicMemberMetadata', {
  sessionTimeoutMs: f(int32, '0+', 'Milliseconds of silence after which a member is out.'),
  supportedProtocols: f(array(classicProtocol), '0+'),
})

/** A member of a consumer group, and what it subscribes to. */
export const consumerGroupMemberMetadataValue = message({
  name: 'ConsumerGroupMemberMetadataValue',
  type: 'coordinator-value',
  apiKey: 5,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    instanceId: f(nullable(string), '0+', 'Id of a static member, or null.'),
    rackId: f(nullable(string), '0+', 'Rack, to read from a replica nearby.'),
    clientId: f(string, '0+', 'What the client calls itself, for logs and quotas.'),
    clientHost: f(string, '0+'),
    subscribedTopicNames: f(array(string), '0+', 'Topics that the member subscribes to; null when unchanged.'),
    subscribedTopicRegex: f(
      nullable(string),
      '0+',
      'Pattern (RE2) of topics that the member subscribes to; null when unchanged.',
    ),
    rebalanceTimeoutMs: f(int32, '0+', 'Milliseconds a member has to give up or take over partitions.', {
      default: -1,
    }),
    serverAssignor: f(
      nullable(string),
      '0+',
      'Assignor of the broker to be used; null when the broker chooses, or when unchanged.',
    ),
    classicMemberMetadata: f(nullable(classicMemberMetadata), '0+', { tag: 0 }),
  },
})

export interface ConsumerGroupMemberMetadataValue extends MessageOf<typeof consumerGroupMemberMetadataValue> {}

export interface ConsumerGroupMemberMetadataValueClassicProtocol extends StructOf<typeof classicProtocol> {}

export interface ConsumerGroupMemberMetadataValueClassicMemberMetadata extends StructOf<typeof classicMemberMetadata> {}
