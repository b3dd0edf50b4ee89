import { f, int32, type MessageOf, message, string, uuid } from '../table/index.ts'

/** Key of: the whole state of a share partition. */
export const shareSnapshotKey = message({
  name: 'ShareSnapshotKey',
  type: 'coordinator-key',
  apiKey: 0,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    topicId: f(uuid, '0', 'Id of the topic.'),
    partition: f(int32, '0', 'Number of the partition, from 0.'),
  },
})

export interface ShareSnapshotKey extends MessageOf<typeof shareSnapshotKey> {}
