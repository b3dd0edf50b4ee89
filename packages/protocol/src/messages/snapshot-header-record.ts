import { f, int16, int64, type MessageOf, message } from '../table/index.ts'

/** Control record that begins a snapshot. */
export const snapshotHeaderRecord = message({
  name: 'SnapshotHeaderRecord',
  type: 'data',
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    version: f(int16, '0+'),
    lastContainedLogTimestamp: f(int64, '0+', 'Append time of the last record that the snapshot contains.'),
  },
})

export interface SnapshotHeaderRecord extends MessageOf<typeof snapshotHeaderRecord> {}
