import { array, f, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const listedGroup = struct('ListedGroup', {
  groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
  protocolType: f(string, '0+', 'What the group is for: `consumer`, `connect`...'),
  groupState: f(string, '4+', 'State of the group, by name.', { ignorable: true }),
  groupType: f(string, '5+', { ignorable: true }),
})

/** Answers ListGroupsRequest. */
export const listGroupsResponse = message({
  name: 'ListGroupsResponse',
  type: 'response',
  apiKey: 16,
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    throttleTimeMs: f(int32, '1+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    groups: f(array(listedGroup), '0+'),
  },
})

export interface ListGroupsResponse extends MessageOf<typeof listGroupsResponse> {}

export interface ListGroupsResponseListedGroup extends StructOf<typeof listedGroup> {}
