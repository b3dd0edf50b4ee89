import { array, f, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const offsetForLeaderPartition = struct('OffsetForLeaderPartition', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  currentLeaderEpoch: f(int32, '2+', 'Epoch of the leader as the client knows it, for fencing; -1 to skip the check.', {
    default: -1,
    ignorable: true,
  }),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
})

const offsetForLeaderTopic = struct('OffsetForLeaderTopic', {
  topic: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(offsetForLeaderPartition), '0+'),
})

/** Asks where an epoch ended, to find where logs diverge. */
export const offsetForLeaderEpochRequest = message({
  name: 'OffsetForLeaderEpochRequest',
  type: 'request',
  apiKey: 23,
  listeners: ['broker'],
  validVersions: '2-4',
  flexibleVersions: '4+',
  fields: {
    replicaId: f(int32, '3+', 'Node id of a follower, -1 for a consumer.', {
      default: -2,
      ignorable: true,
      entityType: 'brokerId',
    }),
    topics: f(array(offsetForLeaderTopic), '0+'),
  },
})

export interface OffsetForLeaderEpochRequest extends MessageOf<typeof offsetForLeaderEpochRequest> {}

export interface OffsetForLeaderEpochRequestPartition extends StructOf<typeof offsetForLeaderPartition> {}

export interface OffsetForLeaderEpochRequestTopic extends StructOf<typeof offsetForLeaderTopic> {}
