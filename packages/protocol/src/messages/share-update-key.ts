import { f, int32, type MessageOf, message, string, uuid } from '../table/index.ts'

/** Key of: a change of the state of a share partition since its last snapshot. */
export const shareUpdateKey = message({
  name: 'ShareUpdateKey',
  type: 'coordinator-key',
  apiKey: 1,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    topicId: f(uuid, '0', 'Id of the topic.'),
    partition: f(int32, '0', 'Number of the partition, from 0.'),
  },
})

export interface ShareUpdateKey extends MessageOf<typeof shareUpdateKey> {}
