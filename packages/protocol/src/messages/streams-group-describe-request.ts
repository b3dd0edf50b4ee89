import { array, bool, f, type MessageOf, message, string } from '../table/index.ts'

/** StreamsGroupDescribeRequest. */
export const streamsGroupDescribeRequest = message({
  name: 'StreamsGroupDescribeRequest',
  type: 'request',
  apiKey: 89,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupIds: f(array(string), '0+', { entityType: 'groupId' }),
    includeAuthorizedOperations: f(bool, '0+'),
    includeTopologyDescription: f(bool, '1+'),
  },
})

export interface StreamsGroupDescribeRequest extends MessageOf<typeof streamsGroupDescribeRequest> {}
