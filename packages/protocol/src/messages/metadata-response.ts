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
  nodeId: f(int32, '0+', 'Id of the node.', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '0+', 'Host name or address.'),
  port: f(int32, '0+', 'TCP port.'),
  rack: f(nullable(string), '1+', 'Rack, or null.', { default: null, ignorable: true }),
})

const metadataResponsePartition = struct('MetadataResponsePartition', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '7+', 'Epoch of the leader, -1 when unknown.', { default: -1, ignorable: true }),
  replicaNodes: f(array(int32), '0+', 'Node ids of the replicas, the preferred leader first.', {
    entityType: 'brokerId',
  }),
  isrNodes: f(array(int32), '0+', 'Node ids of the replicas that are in sync.', { entityType: 'brokerId' }),
  offlineReplicas: f(array(int32), '5+', 'Node ids of replicas whose broker or disk is down.', {
    ignorable: true,
    entityType: 'brokerId',
  }),
})

const metadataResponseTopic = struct('MetadataResponseTopic', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  name: f(nullable(string, '12+'), '0+', { mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '10+', 'Id of the topic.', { ignorable: true }),
  isInternal: f(bool, '1+', "Whether it is one of Kafka's own topics.", { ignorable: true }),
  partitions: f(array(metadataResponsePartition), '0+'),
  topicAuthorizedOperations: f(
    int32,
    '8+',
    'Bits of the operations that the caller may do; -2147483648 when not asked for.',
    { default: -2147483648 },
  ),
})

/** Answers MetadataRequest. */
export const metadataResponse = message({
  name: 'MetadataResponse',
  type: 'response',
  apiKey: 3,
  validVersions: '0-13',
  flexibleVersions: '9+',
  fields: {
    throttleTimeMs: f(int32, '3+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    brokers: f(array(metadataResponseBroker), '0+'),
    clusterId: f(nullable(string), '2+', 'Id of the cluster, or null.', { default: null, ignorable: true }),
    controllerId: f(int32, '1+', 'Node id of the controller, -1 when there is none.', {
      default: -1,
      ignorable: true,
      entityType: 'brokerId',
    }),
    topics: f(array(metadataResponseTopic), '0+'),
    clusterAuthorizedOperations: f(
      int32,
      '8-10',
      'Bits of the operations that the caller may do; -2147483648 when not asked for.',
      { default: -2147483648 },
    ),
    errorCode: f(int16, '13+', 'Kafka error code, 0 for none.', { ignorable: true }),
  },
})

export interface MetadataResponse extends MessageOf<typeof metadataResponse> {}

export interface MetadataResponseBroker extends StructOf<typeof metadataResponseBroker> {}

export interface MetadataResponsePartition extends StructOf<typeof metadataResponsePartition> {}

export interface MetadataResponseTopic extends StructOf<typeof metadataResponseTopic> {}
