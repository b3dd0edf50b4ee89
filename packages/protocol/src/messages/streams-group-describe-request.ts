import { array, bool, f, type MessageOf, message, string } from '../table/index.ts'

/** Asks for the state, the topology and the members of streams groups (KIP-1071). */
export const streamsGroupDescribeRequest = message({
  name: 'StreamsGroupDescribeRequest',
  type: 'request',
  apiKey: 89,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupIds: f(array(string), '0+', 'Ids of the groups.', { entityType: 'groupId' }),
    includeAuthorizedOperations: f(bool, '0+', 'Whether to name the operations that the caller may do.'),
    includeTopologyDescription: f(bool, '1+'),
  },
})

export interface StreamsGroupDescribeRequest extends MessageOf<typeof streamsGroupDescribeRequest> {}
