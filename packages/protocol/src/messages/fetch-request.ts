import {
  array,
  f,
  int8,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const replicaState = struct('ReplicaState', {
  replicaId: f(int32, '15+', { default: -1, entityType: 'brokerId' }),
  replicaEpoch: f(int64, '15+', { default: -1 }),
})

const fetchPartition = struct('FetchPartition', {
  partition: f(int32, '0+'),
  currentLeaderEpoch: f(int32, '9+', { default: -1, ignorable: true }),
  fetchOffset: f(int64, '0+'),
  lastFetchedEpoch: f(int32, '12+', { default: -1 }),
  logStartOffset: f(int64, '5+', { default: -1, ignorable: true }),
  partitionMaxBytes: f(int32, '0+'),
  replicaDirectoryId: f(uuid, '17+', { tag: 0, ignorable: true }),
  highWatermark: f(int64, '18+', { default: Number.POSITIVE_INFINITY, tag: 1, ignorable: true }),
})

const fetchTopic = struct('FetchTopic', {
  topic: f(string, '0-12', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '13+', { ignorable: true }),
  partitions: f(array(fetchPartition), '0+'),
})

const forgottenTopic = struct('ForgottenTopic', {
  topic: f(string, '7-12', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '13+', { ignorable: true }),
  partitions: f(array(int32), '7+'),
})

/** FetchRequest. */
export const fetchRequest = message({
  name: 'FetchRequest',
  type: 'request',
  apiKey: 1,
  listeners: ['broker', 'controller'],
  validVersions: '4-18',
  flexibleVersions: '12+',
  fields: {
    clusterId: f(nullable(string), '12+', { default: null, tag: 0, ignorable: true }),
    replicaId: f(int32, '0-14', { default: -1, entityType: 'brokerId' }),
    replicaState: f(replicaState, '15+', { tag: 1 }),
    maxWaitMs: f(int32, '0+'),
    minBytes: f(int32, '0+'),
    maxBytes: f(int32, '3+', { default: 2147483647, ignorable: true }),
    isolationLevel: f(int8, '4+', { ignorable: true }),
    sessionId: f(int32, '7+', { ignorable: true }),
    sessionEpoch: f(int32, '7+', { default: -1, ignorable: true }),
    topics: f(array(fetchTopic), '0+'),
    forgottenTopicsData: f(array(forgottenTopic), '7+'),
    rackId: f(string, '11+', { ignorable: true }),
  },
})

export interface FetchRequest extends MessageOf<typeof fetchRequest> {}

export interface FetchRequestReplicaState extends StructOf<typeof replicaState> {}

export interface FetchRequestPartition extends StructOf<typeof fetchPartition> {}

export interface FetchRequestTopic extends StructOf<typeof fetchTopic> {}

export interface FetchRequestForgottenTopic extends StructOf<typeof forgottenTopic> {}
