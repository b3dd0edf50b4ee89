import { f, int16, type MessageOf, message } from '../table/index.ts'

/** Control record that ends a snapshot; without it the snapshot is torn. */
export const snapshotFooterRecord = message({
  name: 'SnapshotFooterRecord',
  type: 'data',
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    version: f(int16, '0+'),
  },
})

export interface SnapshotFooterRecord extends MessageOf<typeof snapshotFooterRecord> {}
