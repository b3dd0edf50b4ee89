import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the topics that a pattern of a consumer group matches. */
export const consumerGroupRegularExpressionKey = message({
  name: 'ConsumerGroupRegularExpressionKey',
  type: 'coordinator-key',
  apiKey: 16,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    regularExpression: f(string, '0'),
  },
})

export interface ConsumerGroupRegularExpressionKey extends MessageOf<typeof consumerGroupRegularExpressionKey> {}
