import { array, f, type MessageOf, message, string } from '../table/index.ts'

/** Deletes groups that have no members. */
export const deleteGroupsRequest = message({
  name: 'DeleteGroupsRequest',
  type: 'request',
  apiKey: 42,
  listeners: ['broker'],
  validVersions: '0-3',
  flexibleVersions: '2+',
  fields: {
    groupsNames: f(array(string), '0+', { entityType: 'groupId' }),
  },
})

export interface DeleteGroupsRequest extends MessageOf<typeof deleteGroupsRequest> {}
