import { f, int8, type MessageOf, message } from '../table/index.ts'

/** ZkMigrationStateRecord. */
export const zkMigrationStateRecord = message({
  name: 'ZkMigrationStateRecord',
  type: 'metadata',
  apiKey: 21,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    zkMigrationState: f(int8, '0+'),
  },
})

export interface ZkMigrationStateRecord extends MessageOf<typeof zkMigrationStateRecord> {}
