import { f, type MessageOf, message, string } from '../table/index.ts'

/** ConsumerGroupRegularExpressionKey. */
export const consumerGroupRegularExpressionKey = message({
  name: 'ConsumerGroupRegularExpressionKey',
  type: 'coordinator-key',
  apiKey: 16,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    regularExpression: f(string, '0'),
  },
})

export interface ConsumerGroupRegularExpressionKey extends MessageOf<typeof consumerGroupRegularExpressionKey> {}
