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
  firstOffset: f(int64, '0+', 'First offset.'),
  lastOffset: f(int64, '0+', 'Last offset, included.'),
  deliveryState: f(int8, '0+', '0 available, 1 acquired, 2 acknowledged, 4 archived.'),
  deliveryCount: f(int16, '0+', 'How often the records were delivered.'),
})

const partitionData = struct('PartitionData', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  stateEpoch: f(int32, '0+', 'Epoch of the state of the share partition.'),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
  startOffset: f(int64, '0+', 'First offset.'),
  deliveryCompleteCount: f(
    int32,
    '1+',
    'Count of records after the start offset that are done with, -1 when unknown.',
    { default: -1, ignorable: true },
  ),
  stateBatches: f(array(stateBatch), '0+', 'State of ranges of records.'),
})

const writeStateData = struct('WriteStateData', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionData), '0+'),
})

/** Writes the state of share partitions to the share coordinator. */
export const writeShareGroupStateRequest = message({
  name: 'WriteShareGroupStateRequest',
  type: 'request',
  apiKey: 85,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.'),
    topics: f(array(writeStateData), '0+'),
  },
})

export interface WriteShareGroupStateRequest extends MessageOf<typeof writeShareGroupStateRequest> {}

export interface WriteShareGroupStateRequestStateBatch extends StructOf<typeof stateBatch> {}

export interface WriteShareGroupStateRequestPartitionData extends StructOf<typeof partitionData> {}

export interface WriteShareGroupStateRequestStateData extends StructOf<typeof writeStateData> {}
