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
  partition: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', { default: null }),
})

const initializeStateResult = struct('InitializeStateResult', {
  topicId: f(uuid, '0+'),
  partitions: f(array(partitionResult), '0+'),
})

/** InitializeShareGroupStateResponse. */
export const initializeShareGroupStateResponse = message({
  name: 'InitializeShareGroupStateResponse',
  type: 'response',
  apiKey: 83,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    results: f(array(initializeStateResult), '0+'),
  },
})

export interface InitializeShareGroupStateResponse extends MessageOf<typeof initializeShareGroupStateResponse> {}

export interface InitializeShareGroupStateResponsePartitionResult extends StructOf<typeof partitionResult> {}

export interface InitializeShareGroupStateResponseStateResult extends StructOf<typeof initializeStateResult> {}
