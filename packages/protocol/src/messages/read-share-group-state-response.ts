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
  firstOffset: f(int64, '0+', 'First offset.'),
  lastOffset: f(int64, '0+', 'Last offset, included.'),
  deliveryState: f(int8, '0+', '0 available, 1 acquired, 2 acknowledged, 4 archived.'),
  deliveryCount: f(int16, '0+', 'How often the records were delivered.'),
})

const partitionResult = struct('PartitionResult', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
  stateEpoch: f(int32, '0+', 'Epoch of the state of the share partition.'),
  startOffset: f(int64, '0+', 'First offset.'),
  stateBatches: f(array(stateBatch), '0+', 'State of ranges of records.'),
})

const readStateResult = struct('ReadStateResult', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionResult), '0+'),
})

/** Answers ReadShareGroupStateRequest. */
export const readShareGroupStateResponse = message({
  name: 'ReadShareGroupStateResponse',
  type: 'response',
  apiKey: 84,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    results: f(array(readStateResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface ReadShareGroupStateResponse extends MessageOf<typeof readShareGroupStateResponse> {}

export interface ReadShareGroupStateResponseStateBatch extends StructOf<typeof stateBatch> {}

export interface ReadShareGroupStateResponsePartitionResult extends StructOf<typeof partitionResult> {}

export interface ReadShareGroupStateResponseStateResult extends StructOf<typeof readStateResult> {}
