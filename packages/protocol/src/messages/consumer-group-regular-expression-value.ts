import { array, f, int64, type MessageOf, message, string } from '../table/index.ts'

/** ConsumerGroupRegularExpressionValue. */
export const consumerGroupRegularExpressionValue = message({
  name: 'ConsumerGroupRegularExpressionValue',
  type: 'coordinator-value',
  apiKey: 16,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topics: f(array(string), '0+'),
    version: f(int64, '0+'),
    timestamp: f(int64, '0+'),
  },
})

export interface ConsumerGroupRegularExpressionValue extends MessageOf<typeof consumerGroupRegularExpressionValue> {}
