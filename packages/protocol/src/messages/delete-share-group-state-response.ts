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

const partitionResult = struct('PartitionResult', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
})

const deleteStateResult = struct('DeleteStateResult', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionResult), '0+'),
})

/** Answers DeleteShareGroupStateRequest. */
export const deleteShareGroupStateResponse = message({
  name: 'DeleteShareGroupStateResponse',
  type: 'response',
  apiKey: 86,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    results: f(array(deleteStateResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface DeleteShareGroupStateResponse extends MessageOf<typeof deleteShareGroupStateResponse> {}

export interface DeleteShareGroupStateResponsePartitionResult extends StructOf<typeof partitionResult> {}

export interface DeleteShareGroupStateResponseStateResult extends StructOf<typeof deleteStateResult> {}
