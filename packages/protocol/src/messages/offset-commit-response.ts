import { array, f, int16, int32, type MessageOf, message, type StructOf, string, struct, uuid } from '../table/index.ts'

const offsetCommitResponsePartition = struct('OffsetCommitResponsePartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
})

const offsetCommitResponseTopic = struct('OffsetCommitResponseTopic', {
  name: f(string, '0-9', { ignorable: true, entityType: 'topicName' }),
  topicId: f(uuid, '10+', 'Id of the topic.', { ignorable: true }),
  partitions: f(array(offsetCommitResponsePartition), '0+'),
})

/** Answers OffsetCommitRequest. */
export const offsetCommitResponse = message({
  name: 'OffsetCommitResponse',
  type: 'response',
  apiKey: 8,
  validVersions: '2-10',
  flexibleVersions: '8+',
  fields: {
    throttleTimeMs: f(int32, '3+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    topics: f(array(offsetCommitResponseTopic), '0+'),
  },
})

export interface OffsetCommitResponse extends MessageOf<typeof offsetCommitResponse> {}

export interface OffsetCommitResponsePartition extends StructOf<typeof offsetCommitResponsePartition> {}

export interface OffsetCommitResponseTopic extends StructOf<typeof offsetCommitResponseTopic> {}
