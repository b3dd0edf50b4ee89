import { f, type MessageOf, message, string, uuid } from '../table/index.ts'

/** A topic: its name and id. */
export const topicRecord = message({
  name: 'TopicRecord',
  type: 'metadata',
  apiKey: 2,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    name: f(string, '0+', { entityType: 'topicName' }),
    topicId: f(uuid, '0+', 'Id of the topic.'),
  },
})

export interface TopicRecord extends MessageOf<typeof topicRecord> {}
