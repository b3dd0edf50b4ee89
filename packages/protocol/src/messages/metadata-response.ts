import {
  array,
  bool,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const metadataResponseBroker = struct('MetadataResponseBroker', {
  nodeId: f(int32, '0+', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '0+'),
  port: f(int32, '0+'),
  rack: f(nullable(string), '1+', { default: null, ignorable: true }),
})

const metadataResponsePartition = struct('MetadataResponsePartition', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  partitionIndex: f(int32, '0+'),
  leaderId: f(int32, '0+', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '7+', { default: -1, ignorable: true }),
  replicaNodes: f(array(int32), '0+', { entityType: 'brokerId' }),
  isrNodes: f(array(int32), '0+', { entityType: 'brokerId' }),
  offlineReplicas: f(array(int32), '5+', { ignorable: true, entityType: 'brokerId' }),
})

const metadataResponseTopic = struct('MetadataResponseTopic', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  name: f(nullable(string, '12+'), '0+', { mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '10+', { ignorable: true }),
  isInternal: f(bool, '1+', { ignorable: true }),
  partitions: f(array(metadataResponsePartition), '0+'),
  topicAuthorizedOperations: f(int32, '8+', { default: -2147483648 }),
})

/** MetadataResponse. */
export const metadataResponse = message({
  name: 'MetadataResponse',
  type: 'response',
  apiKey: 3,
  validVersions: '0-13',
  flexibleVersions: '9+',
  fields: {
    throttleTimeMs: f(int32, '3+', { ignorable: true }),
    brokers: f(array(metadataResponseBroker), '0+'),
    clusterId: f(nullable(string), '2+', { default: null, ignorable: true }),
    controllerId: f(int32, '1+', { default: -1, ignorable: true, entityType: 'brokerId' }),
    topics: f(array(metadataResponseTopic), '0+'),
    clusterAuthorizedOperations: f(int32, '8-10', { default: -2147483648 }),
    errorCode: f(int16, '13+', 'Kafka error code, 0 for none.', { ignorable: true }),
  },
})

export interface MetadataResponse extends MessageOf<typeof metadataResponse> {}

export interface MetadataResponseBroker extends StructOf<typeof metadataResponseBroker> {}

export interface MetadataResponsePartition extends StructOf<typeof metadataResponsePartition> {}

export interface MetadataResponseTopic extends StructOf<typeof metadataResponseTopic> {}
