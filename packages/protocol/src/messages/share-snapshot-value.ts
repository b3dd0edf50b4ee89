import { array, f, int8, int16, int32, int64, type MessageOf, message, type StructOf, struct } from '../table/index.ts'

const stateBatch = struct('StateBatch', {
  firstOffset: f(int64, '0+', 'First offset.'),
  lastOffset: f(int64, '0+', 'Last offset, included.'),
  deliveryState: f(int8, '0+', '0 available, 1 acquired, 2 acknowledged, 4 archived.'),
  deliveryCount: f(int16, '0+', 'How often the records were delivered.'),
})

/** The whole state of a share partition. */
export const shareSnapshotValue = message({
  name: 'ShareSnapshotValue',
  type: 'coordinator-value',
  apiKey: 0,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    snapshotEpoch: f(int32, '0+', 'Number of the snapshot that the update builds on.'),
    stateEpoch: f(int32, '0+', 'Epoch of the state of the share partition.'),
    leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
    startOffset: f(int64, '0+', 'First offset.'),
    deliveryCompleteCount: f(
      int32,
      '0+',
      'Count of records after the start offset that are done with, -1 when unknown.',
      { default: -1, tag: 0 },
    ),
    createTimestamp: f(int64, '0+'),
    writeTimestamp: f(int64, '0+'),
    stateBatches: f(array(stateBatch), '0+', 'State of ranges of records.'),
  },
})

export interface ShareSnapshotValue extends MessageOf<typeof shareSnapshotValue> {}

export interface ShareSnapshotValueStateBatch extends StructOf<typeof stateBatch> {}
