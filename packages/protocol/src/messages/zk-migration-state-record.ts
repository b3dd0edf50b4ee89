import { f, int8, type MessageOf, message } from '../table/index.ts'

/** A leftover of the migration from ZooKeeper. */
export const zkMigrationStateRecord = message({
  name: 'ZkMigrationStateRecord',
  type: 'metadata',
  apiKey: 21,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    zkMigrationState: f(int8, '0+', 'A leftover of the migration from ZooKeeper.'),
  },
})

export interface ZkMigrationStateRecord extends MessageOf<typeof zkMigrationStateRecord> {}
