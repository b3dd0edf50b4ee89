import { array, bool, f, type MessageOf, message, string } from '../table/index.ts'

/** DescribeGroupsRequest. */
export const describeGroupsRequest = message({
  name: 'DescribeGroupsRequest',
  type: 'request',
  apiKey: 15,
  listeners: ['broker'],
  validVersions: '0-6',
  flexibleVersions: '5+',
  fields: {
    groups: f(array(string), '0+', { entityType: 'groupId' }),
    includeAuthorizedOperations: f(bool, '3+'),
  },
})

export interface DescribeGroupsRequest extends MessageOf<typeof describeGroupsRequest> {}
