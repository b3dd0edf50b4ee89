import { array, f, int8, int16, int32, int64, type MessageOf, message, type StructOf, struct } from '../table/index.ts'

const stateBatch = struct('StateBatch', {
  firstOffset: f(int64, '0+'),
  lastOffset: f(int64, '0+'),
  deliveryState: f(int8, '0+'),
  deliveryCount: f(int16, '0+'),
})

/** ShareUpdateValue. */
export const shareUpdateValue = message({
  name: 'ShareUpdateValue',
  type: 'coordinator-value',
  apiKey: 1,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    snapshotEpoch: f(int32, '0+'),
    leaderEpoch: f(int32, '0+'),
    startOffset: f(int64, '0+'),
    deliveryCompleteCount: f(int32, '0+', { default: -1, tag: 0 }),
    stateBatches: f(array(stateBatch), '0+'),
  },
})

export interface ShareUpdateValue extends MessageOf<typeof shareUpdateValue> {}

export interface ShareUpdateValueStateBatch extends StructOf<typeof stateBatch> {}
