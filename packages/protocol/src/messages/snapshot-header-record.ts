import { f, int16, int64, type MessageOf, message } from '../table/index.ts'

/** SnapshotHeaderRecord. */
export const snapshotHeaderRecord = message({
  name: 'SnapshotHeaderRecord',
  type: 'data',
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    version: f(int16, '0+'),
    lastContainedLogTimestamp: f(int64, '0+'),
  },
})

export interface SnapshotHeaderRecord extends MessageOf<typeof snapshotHeaderRecord> {}
