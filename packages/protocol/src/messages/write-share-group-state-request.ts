import {
  array,
  f,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
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

const partitionData = struct('PartitionData', {
  partition: f(int32, '0+'),
  stateEpoch: f(int32, '0+'),
  leaderEpoch: f(int32, '0+'),
  startOffset: f(int64, '0+'),
  deliveryCompleteCount: f(int32, '1+', { default: -1, ignorable: true }),
  stateBatches: f(array(stateBatch), '0+'),
})

const writeStateData = struct('WriteStateData', {
  topicId: f(uuid, '0+'),
  partitions: f(array(partitionData), '0+'),
})

/** WriteShareGroupStateRequest. */
export const writeShareGroupStateRequest = message({
  name: 'WriteShareGroupStateRequest',
  type: 'request',
  apiKey: 85,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+'),
    topics: f(array(writeStateData), '0+'),
  },
})

export interface WriteShareGroupStateRequest extends MessageOf<typeof writeShareGroupStateRequest> {}

export interface WriteShareGroupStateRequestStateBatch extends StructOf<typeof stateBatch> {}

export interface WriteShareGroupStateRequestPartitionData extends StructOf<typeof partitionData> {}

export interface WriteShareGroupStateRequestStateData extends StructOf<typeof writeStateData> {}
