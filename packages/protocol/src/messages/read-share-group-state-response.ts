import {
  array,
  f,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const stateBatch = struct('StateBatch', {
  firstOffset: f(int64, '0+'),
  lastOffset: f(int64, '0+'),
  deliveryState: f(int8, '0+'),
  deliveryCount: f(int16, '0+'),
})

const partitionResult = struct('PartitionResult', {
  partition: f(int32, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', { default: null }),
  stateEpoch: f(int32, '0+'),
  startOffset: f(int64, '0+'),
  stateBatches: f(array(stateBatch), '0+'),
})

const readStateResult = struct('ReadStateResult', {
  topicId: f(uuid, '0+'),
  partitions: f(array(partitionResult), '0+'),
})

/** ReadShareGroupStateResponse. */
export const readShareGroupStateResponse = message({
  name: 'ReadShareGroupStateResponse',
  type: 'response',
  apiKey: 84,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    results: f(array(readStateResult), '0+'),
  },
})

export interface ReadShareGroupStateResponse extends MessageOf<typeof readShareGroupStateResponse> {}

export interface ReadShareGroupStateResponseStateBatch extends StructOf<typeof stateBatch> {}

export interface ReadShareGroupStateResponsePartitionResult extends StructOf<typeof partitionResult> {}

export interface ReadShareGroupStateResponseStateResult extends StructOf<typeof readStateResult> {}
