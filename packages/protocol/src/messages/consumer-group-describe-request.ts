import { array, bool, f, type MessageOf, message, string } from '../table/index.ts'

/** Asks for the state and the members of consumer groups (KIP-848). */
export const consumerGroupDescribeRequest = message({
  name: 'ConsumerGroupDescribeRequest',
  type: 'request',
  apiKey: 69,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupIds: f(array(string), '0+', 'Ids of the groups.', { entityType: 'groupId' }),
    includeAuthorizedOperations: f(bool, '0+', 'Whether to name the operations that the caller may do.'),
  },
})

export interface ConsumerGroupDescribeRequest extends MessageOf<typeof consumerGroupDescribeRequest> {}
