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
  sessionTimeoutMs: f(int32, '0+'),
  supportedProtocols: f(array(classicProtocol), '0+'),
})

/** ConsumerGroupMemberMetadataValue. */
export const consumerGroupMemberMetadataValue = message({
  name: 'ConsumerGroupMemberMetadataValue',
  type: 'coordinator-value',
  apiKey: 5,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    instanceId: f(nullable(string), '0+'),
    rackId: f(nullable(string), '0+'),
    clientId: f(string, '0+'),
    clientHost: f(string, '0+'),
    subscribedTopicNames: f(array(string), '0+'),
    subscribedTopicRegex: f(nullable(string), '0+'),
    rebalanceTimeoutMs: f(int32, '0+', { default: -1 }),
    serverAssignor: f(nullable(string), '0+'),
    classicMemberMetadata: f(nullable(classicMemberMetadata), '0+', { tag: 0 }),
  },
})

export interface ConsumerGroupMemberMetadataValue extends MessageOf<typeof consumerGroupMemberMetadataValue> {}

export interface ConsumerGroupMemberMetadataValueClassicProtocol extends StructOf<typeof classicProtocol> {}

export interface ConsumerGroupMemberMetadataValueClassicMemberMetadata extends StructOf<typeof classicMemberMetadata> {}
