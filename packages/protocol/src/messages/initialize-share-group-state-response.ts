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

const initializeStateResult = struct('InitializeStateResult', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionResult), '0+'),
})

/** Answers InitializeShareGroupStateRequest. */
export const initializeShareGroupStateResponse = message({
  name: 'InitializeShareGroupStateResponse',
  type: 'response',
  apiKey: 83,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    results: f(array(initializeStateResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface InitializeShareGroupStateResponse extends MessageOf<typeof initializeShareGroupStateResponse> {}

export interface InitializeShareGroupStateResponsePartitionResult extends StructOf<typeof partitionResult> {}

export interface InitializeShareGroupStateResponseStateResult extends StructOf<typeof initializeStateResult> {}
