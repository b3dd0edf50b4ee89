import { f, type MessageOf, message, string } from '../table/index.ts'

/** Forgets eligible leader replicas, of one topic or of all. */
export const clearElrRecord = message({
  name: 'ClearElrRecord',
  type: 'metadata',
  apiKey: 28,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topicName: f(string, '0+', { entityType: 'topicName' }),
  },
})

export interface ClearElrRecord extends MessageOf<typeof clearElrRecord> {}
