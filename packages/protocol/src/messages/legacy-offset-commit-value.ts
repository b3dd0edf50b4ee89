import { f, int64, type MessageOf, message, string } from '../table/index.ts'

/** A committed offset, in the format before version 1. */
export const legacyOffsetCommitValue = message({
  name: 'LegacyOffsetCommitValue',
  type: 'coordinator-value',
  apiKey: 0,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    offset: f(int64, '0'),
    metadata: f(string, '0'),
    commitTimestamp: f(int64, '0'),
  },
})

export interface LegacyOffsetCommitValue extends MessageOf<typeof legacyOffsetCommitValue> {}
