import {
  array,
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

const alterShareGroupOffsetsResponsePartition = struct('AlterShareGroupOffsetsResponsePartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
})

const alterShareGroupOffsetsResponseTopic = struct('AlterShareGroupOffsetsResponseTopic', {
  topicName: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(alterShareGroupOffsetsResponsePartition), '0+'),
})

/** Answers AlterShareGroupOffsetsRequest. */
export const alterShareGroupOffsetsResponse = message({
  name: 'AlterShareGroupOffsetsResponse',
  type: 'response',
  apiKey: 91,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
    responses: f(array(alterShareGroupOffsetsResponseTopic), '0+', 'Answers by topic.'),
  },
})

export interface AlterShareGroupOffsetsResponse extends MessageOf<typeof alterShareGroupOffsetsResponse> {}

export interface AlterShareGroupOffsetsResponsePartition
  extends StructOf<typeof alterShareGroupOffsetsResponsePartition> {}

export interface AlterShareGroupOffsetsResponseTopic extends StructOf<typeof alterShareGroupOffsetsResponseTopic> {}
