import { array, f, int8, int16, int32, int64, type MessageOf, message, type StructOf, struct } from '../table/index.ts'

const stateBatch = struct('StateBatch', {
  firstOffset: f(int64, '0+', 'First offset.'),
  lastOffset: f(int64, '0+', 'Last offset, included.'),
  deliveryState: f(int8, '0+', '0 available, 1 acquired, 2 acknowledged, 4 archived.'),
  deliveryCount: f(int16, '0+', 'How often the records were delivered.'),
})

/** A change of the state of a share partition since its last snapshot. */
export const shareUpdateValue = message({
  name: 'ShareUpdateValue',
  type: 'coordinator-value',
  apiKey: 1,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    snapshotEpoch: f(int32, '0+', 'Number of the snapshot that the update builds on.'),
    leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
    startOffset: f(int64, '0+', 'First offset.'),
    deliveryCompleteCount: f(
      int32,
      '0+',
      'Count of records after the start offset that are done with, -1 when unknown.',
      { default: -1, tag: 0 },
    ),
    stateBatches: f(array(stateBatch), '0+', 'State of ranges of records.'),
  },
})

export interface ShareUpdateValue extends MessageOf<typeof shareUpdateValue> {}

export interface ShareUpdateValueStateBatch extends StructOf<typeof stateBatch> {}
