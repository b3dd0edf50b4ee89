import { f, int32, type MessageOf, message, string, uuid } from '../table/index.ts'

/** ShareSnapshotKey. */
export const shareSnapshotKey = message({
  name: 'ShareSnapshotKey',
  type: 'coordinator-key',
  apiKey: 0,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    topicId: f(uuid, '0'),
    partition: f(int32, '0'),
  },
})

export interface ShareSnapshotKey extends MessageOf<typeof shareSnapshotKey> {}
