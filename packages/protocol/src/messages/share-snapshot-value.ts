import { array, f, int8, int16, int32, int64, type MessageOf, message, type StructOf, struct } from '../table/index.ts'

const stateBatch = struct('StateBatch', {
  firstOffset: f(int64, '0+'),
  lastOffset: f(int64, '0+'),
  deliveryState: f(int8, '0+'),
  deliveryCount: f(int16, '0+'),
})

/** ShareSnapshotValue. */
export const shareSnapshotValue = message({
  name: 'ShareSnapshotValue',
  type: 'coordinator-value',
  apiKey: 0,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    snapshotEpoch: f(int32, '0+'),
    stateEpoch: f(int32, '0+'),
    leaderEpoch: f(int32, '0+'),
    startOffset: f(int64, '0+'),
    deliveryCompleteCount: f(int32, '0+', { default: -1, tag: 0 }),
    createTimestamp: f(int64, '0+'),
    writeTimestamp: f(int64, '0+'),
    stateBatches: f(array(stateBatch), '0+'),
  },
})

export interface ShareSnapshotValue extends MessageOf<typeof shareSnapshotValue> {}

export interface ShareSnapshotValueStateBatch extends StructOf<typeof stateBatch> {}
