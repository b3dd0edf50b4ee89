import { array, f, type MessageOf, message, string } from '../table/index.ts'

/** Lists the groups that a broker coordinates. v4 filters by state, v5 by type. */
export const listGroupsRequest = message({
  name: 'ListGroupsRequest',
  type: 'request',
  apiKey: 16,
  listeners: ['broker'],
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    statesFilter: f(array(string), '4+', 'Only groups in these states; empty for all.'),
    typesFilter: f(array(string), '5+', 'Only groups of these types; empty for all.'),
  },
})

export interface ListGroupsRequest extends MessageOf<typeof listGroupsRequest> {}
