import { f, int32, type MessageOf, message, string, uuid } from '../table/index.ts'

/** ShareUpdateKey. */
export const shareUpdateKey = message({
  name: 'ShareUpdateKey',
  type: 'coordinator-key',
  apiKey: 1,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    topicId: f(uuid, '0'),
    partition: f(int32, '0'),
  },
})

export interface ShareUpdateKey extends MessageOf<typeof shareUpdateKey> {}
