import { f, type MessageOf, message, string, uuid } from '../table/index.ts'

/** TopicRecord. */
export const topicRecord = message({
  name: 'TopicRecord',
  type: 'metadata',
  apiKey: 2,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    name: f(string, '0+', { entityType: 'topicName' }),
    topicId: f(uuid, '0+'),
  },
})

export interface TopicRecord extends MessageOf<typeof topicRecord> {}
