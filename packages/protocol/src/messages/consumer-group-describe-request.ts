import { array, bool, f, type MessageOf, message, string } from '../table/index.ts'

/** ConsumerGroupDescribeRequest. */
export const consumerGroupDescribeRequest = message({
  name: 'ConsumerGroupDescribeRequest',
  type: 'request',
  apiKey: 69,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupIds: f(array(string), '0+', { entityType: 'groupId' }),
    includeAuthorizedOperations: f(bool, '0+'),
  },
})

export interface ConsumerGroupDescribeRequest extends MessageOf<typeof consumerGroupDescribeRequest> {}
