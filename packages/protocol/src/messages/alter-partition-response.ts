import { array, f, int8, int16, int32, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
  isr: f(array(int32), '0+', 'Node ids of the replicas that are in sync.', { entityType: 'brokerId' }),
  leaderRecoveryState: f(int8, '1+', '1 while the leader was elected uncleanly and has not yet recovered, else 0.', {
    ignorable: true,
  }),
  partitionEpoch: f(int32, '0+', 'Grows with every change of the partition; a stale one is fenced.'),
})

const topicData = struct('TopicData', {
  topicId: f(uuid, '2+', 'Id of the topic.', { ignorable: true }),
  partitions: f(array(partitionData), '0+'),
})

/** Answers AlterPartitionRequest. */
export const alterPartitionResponse = message({
  name: 'AlterPartitionResponse',
  type: 'response',
  apiKey: 56,
  validVersions: '2-3',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    topics: f(array(topicData), '0+'),
  },
})

export interface AlterPartitionResponse extends MessageOf<typeof alterPartitionResponse> {}

export interface AlterPartitionResponsePartitionData extends StructOf<typeof partitionData> {}

export interface AlterPartitionResponseTopicData extends StructOf<typeof topicData> {}
