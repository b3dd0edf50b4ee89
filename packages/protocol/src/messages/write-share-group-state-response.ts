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

const writeStateResult = struct('WriteStateResult', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionResult), '0+'),
})

/** Answers WriteShareGroupStateRequest. */
export const writeShareGroupStateResponse = message({
  name: 'WriteShareGroupStateResponse',
  type: 'response',
  apiKey: 85,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    results: f(array(writeStateResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface WriteShareGroupStateResponse extends MessageOf<typeof writeShareGroupStateResponse> {}

export interface WriteShareGroupStateResponsePartitionResult extends StructOf<typeof partitionResult> {}

export interface WriteShareGroupStateResponseStateResult extends StructOf<typeof writeStateResult> {}
