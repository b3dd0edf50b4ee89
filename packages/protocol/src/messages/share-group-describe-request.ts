import { array, bool, f, type MessageOf, message, string } from '../table/index.ts'

/** Asks for the state and the members of share groups (KIP-932). */
export const shareGroupDescribeRequest = message({
  name: 'ShareGroupDescribeRequest',
  type: 'request',
  apiKey: 77,
  listeners: ['broker'],
  validVersions: '1',
  flexibleVersions: '0+',
  fields: {
    groupIds: f(array(string), '0+', 'Ids of the groups.', { entityType: 'groupId' }),
    includeAuthorizedOperations: f(bool, '0+', 'Whether to name the operations that the caller may do.'),
  },
})

export interface ShareGroupDescribeRequest extends MessageOf<typeof shareGroupDescribeRequest> {}
