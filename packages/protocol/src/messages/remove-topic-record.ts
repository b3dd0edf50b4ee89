import { f, type MessageOf, message, uuid } from '../table/index.ts'

/** Removes a topic with its partitions. */
export const removeTopicRecord = message({
  name: 'RemoveTopicRecord',
  type: 'metadata',
  apiKey: 9,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topicId: f(uuid, '0+', 'Id of the topic.'),
  },
})

export interface RemoveTopicRecord extends MessageOf<typeof removeTopicRecord> {}
