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
  replicaId: f(int32, '15+', 'Node id of a follower, -1 for a consumer.', { default: -1, entityType: 'brokerId' }),
  replicaEpoch: f(int64, '15+', 'Broker epoch of the follower, -1 when unknown.', { default: -1 }),
})

const fetchPartition = struct('FetchPartition', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  currentLeaderEpoch: f(int32, '9+', 'Epoch of the leader as the client knows it, for fencing; -1 to skip the check.', {
    default: -1,
    ignorable: true,
  }),
  fetchOffset: f(int64, '0+', 'Offset to read from.'),
  lastFetchedEpoch: f(
    int32,
    '12+',
    'Leader epoch of the last record fetched, to find where logs diverge; -1 to skip the check.',
    { default: -1 },
  ),
  logStartOffset: f(int64, '5+', 'First offset of the log.', { default: -1, ignorable: true }),
  partitionMaxBytes: f(
    int32,
    '0+',
    'Most bytes of the partition; a first batch larger than that is returned all the same.',
  ),
  replicaDirectoryId: f(uuid, '17+', 'Id of the metadata directory of the replica.', { tag: 0, ignorable: true }),
  highWatermark: f(int64, '18+', 'Offset after the last record that every in-sync replica has.', {
    default: Number.POSITIVE_INFINITY,
    tag: 1,
    ignorable: true,
  }),
})

const fetchTopic = struct('FetchTopic', {
  topic: f(string, '0-12', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '13+', 'Id of the topic.', { ignorable: true }),
  partitions: f(array(fetchPartition), '0+'),
})

const forgottenTopic = struct('ForgottenTopic', {
  topic: f(string, '7-12', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '13+', 'Id of the topic.', { ignorable: true }),
  partitions: f(array(int32), '7+'),
})

/**
 * Reads record batches, for consumers and followers. v7 brings fetch sessions (KIP-227), v11 reading from followers
 * (KIP-392), v12 the search for diverging epochs and flexible encoding, v13 topic ids (KIP-516), v15 the replica
 * state (KIP-903).
 */
export const fetchRequest = message({
  name: 'FetchRequest',
  type: 'request',
  apiKey: 1,
  listeners: ['broker', 'controller'],
  validVersions: '4-18',
  flexibleVersions: '12+',
  fields: {
    clusterId: f(nullable(string), '12+', 'Id of the cluster, or null.', { default: null, tag: 0, ignorable: true }),
    replicaId: f(int32, '0-14', 'Node id of a follower, -1 for a consumer.', { default: -1, entityType: 'brokerId' }),
    replicaState: f(replicaState, '15+', 'Who is fetching: id and broker epoch of a follower.', { tag: 1 }),
    maxWaitMs: f(int32, '0+', 'Most milliseconds to wait for `minBytes`.'),
    minBytes: f(int32, '0+', 'Bytes to gather before answering.'),
    maxBytes: f(
      int32,
      '3+',
      'Most bytes of the whole answer; a first batch larger than that is returned all the same.',
      { default: 2147483647, ignorable: true },
    ),
    isolationLevel: f(int8, '4+', '0 reads everything, 1 only what is committed.', { ignorable: true }),
    sessionId: f(int32, '7+', 'Id of the fetch session, 0 for none.', { ignorable: true }),
    sessionEpoch: f(int32, '7+', 'Epoch of the fetch session: 0 starts one, -1 ends it or asks without one.', {
      default: -1,
      ignorable: true,
    }),
    topics: f(array(fetchTopic), '0+'),
    forgottenTopicsData: f(array(forgottenTopic), '7+', 'Partitions that leave the fetch session.'),
    rackId: f(string, '11+', 'Rack, to read from a replica nearby.', { ignorable: true }),
  },
})

export interface FetchRequest extends MessageOf<typeof fetchRequest> {}

export interface FetchRequestReplicaState extends StructOf<typeof replicaState> {}

export interface FetchRequestPartition extends StructOf<typeof fetchPartition> {}

export interface FetchRequestTopic extends StructOf<typeof fetchTopic> {}

export interface FetchRequestForgottenTopic extends StructOf<typeof forgottenTopic> {}
