import { array, f, int8, int32, int64, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const listOffsetsPartition = struct('ListOffsetsPartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  currentLeaderEpoch: f(int32, '4+', 'Epoch of the leader as the client knows it, for fencing; -1 to skip the check.', {
    default: -1,
    ignorable: true,
  }),
  timestamp: f(
    int64,
    '0+',
    'Milliseconds since 1970; or -1 latest, -2 earliest, -3 largest timestamp, -4 earliest local, -5 latest tiered, -6 earliest pending upload.',
  ),
})

const listOffsetsTopic = struct('ListOffsetsTopic', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(listOffsetsPartition), '0+'),
})

/**
 * Finds offsets by timestamp, or the first and the last. v2 heeds the isolation level; v4 carries leader epochs; v7
 * finds the largest timestamp; v8, v9 and v11 know tiered storage; v10 may take its time.
 */
export const listOffsetsRequest = message({
  name: 'ListOffsetsRequest',
  type: 'request',
  apiKey: 2,
  listeners: ['broker'],
  validVersions: '1-11',
  flexibleVersions: '6+',
  fields: {
    replicaId: f(int32, '0+', 'Node id of a follower, -1 for a consumer.', { entityType: 'brokerId' }),
    isolationLevel: f(int8, '2+', '0 reads everything, 1 only what is committed.'),
    topics: f(array(listOffsetsTopic), '0+'),
    timeoutMs: f(int32, '10+', 'Milliseconds the broker may take.', { ignorable: true }),
  },
})

export interface ListOffsetsRequest extends MessageOf<typeof listOffsetsRequest> {}

export interface ListOffsetsRequestPartition extends StructOf<typeof listOffsetsPartition> {}

export interface ListOffsetsRequestTopic extends StructOf<typeof listOffsetsTopic> {}
