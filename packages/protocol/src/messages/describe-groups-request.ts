import { array, bool, f, type MessageOf, message, string } from '../table/index.ts'

/** Asks for the state and the members of classic groups. */
export const describeGroupsRequest = message({
  name: 'DescribeGroupsRequest',
  type: 'request',
  apiKey: 15,
  listeners: ['broker'],
  validVersions: '0-6',
  flexibleVersions: '5+',
  fields: {
    groups: f(array(string), '0+', { entityType: 'groupId' }),
    includeAuthorizedOperations: f(bool, '3+', 'Whether to name the operations that the caller may do.'),
  },
})

export interface DescribeGroupsRequest extends MessageOf<typeof describeGroupsRequest> {}
