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
  partitionIndex: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', { default: null }),
})

const alterShareGroupOffsetsResponseTopic = struct('AlterShareGroupOffsetsResponseTopic', {
  topicName: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '0+'),
  partitions: f(array(alterShareGroupOffsetsResponsePartition), '0+'),
})

/** AlterShareGroupOffsetsResponse. */
export const alterShareGroupOffsetsResponse = message({
  name: 'AlterShareGroupOffsetsResponse',
  type: 'response',
  apiKey: 91,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', { default: null }),
    responses: f(array(alterShareGroupOffsetsResponseTopic), '0+'),
  },
})

export interface AlterShareGroupOffsetsResponse extends MessageOf<typeof alterShareGroupOffsetsResponse> {}

export interface AlterShareGroupOffsetsResponsePartition
  extends StructOf<typeof alterShareGroupOffsetsResponsePartition> {}

export interface AlterShareGroupOffsetsResponseTopic extends StructOf<typeof alterShareGroupOffsetsResponseTopic> {}
