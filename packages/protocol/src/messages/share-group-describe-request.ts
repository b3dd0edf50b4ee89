import { array, bool, f, type MessageOf, message, string } from '../table/index.ts'

/** ShareGroupDescribeRequest. */
export const shareGroupDescribeRequest = message({
  name: 'ShareGroupDescribeRequest',
  type: 'request',
  apiKey: 77,
  listeners: ['broker'],
  validVersions: '1',
  flexibleVersions: '0+',
  fields: {
    groupIds: f(array(string), '0+', { entityType: 'groupId' }),
    includeAuthorizedOperations: f(bool, '0+'),
  },
})

export interface ShareGroupDescribeRequest extends MessageOf<typeof shareGroupDescribeRequest> {}
