import { array, f, int64, type MessageOf, message, string } from '../table/index.ts'

/** The topics that a pattern of a consumer group matches. */
export const consumerGroupRegularExpressionValue = message({
  name: 'ConsumerGroupRegularExpressionValue',
  type: 'coordinator-value',
  apiKey: 16,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topics: f(array(string), '0+'),
    version: f(int64, '0+'),
    timestamp: f(int64, '0+', 'Milliseconds since 1970.'),
  },
})

export interface ConsumerGroupRegularExpressionValue extends MessageOf<typeof consumerGroupRegularExpressionValue> {}
