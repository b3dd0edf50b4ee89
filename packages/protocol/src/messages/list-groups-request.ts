import { array, f, type MessageOf, message, string } from '../table/index.ts'

/** ListGroupsRequest. */
export const listGroupsRequest = message({
  name: 'ListGroupsRequest',
  type: 'request',
  apiKey: 16,
  listeners: ['broker'],
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    statesFilter: f(array(string), '4+'),
    typesFilter: f(array(string), '5+'),
  },
})

export interface ListGroupsRequest extends MessageOf<typeof listGroupsRequest> {}
