import { array, f, int8, int16, int32, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  leaderId: f(int32, '0+', { entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+'),
  isr: f(array(int32), '0+', { entityType: 'brokerId' }),
  leaderRecoveryState: f(int8, '1+', { ignorable: true }),
  partitionEpoch: f(int32, '0+'),
})

const topicData = struct('TopicData', {
  topicId: f(uuid, '2+', { ignorable: true }),
  partitions: f(array(partitionData), '0+'),
})

/** AlterPartitionResponse. */
export const alterPartitionResponse = message({
  name: 'AlterPartitionResponse',
  type: 'response',
  apiKey: 56,
  validVersions: '2-3',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    topics: f(array(topicData), '0+'),
  },
})

export interface AlterPartitionResponse extends MessageOf<typeof alterPartitionResponse> {}

export interface AlterPartitionResponsePartitionData extends StructOf<typeof partitionData> {}

export interface AlterPartitionResponseTopicData extends StructOf<typeof topicData> {}
