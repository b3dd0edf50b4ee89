import { array, f, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const listedGroup = struct('ListedGroup', {
  groupId: f(string, '0+', { entityType: 'groupId' }),
  protocolType: f(string, '0+'),
  groupState: f(string, '4+', { ignorable: true }),
  groupType: f(string, '5+', { ignorable: true }),
})

/** ListGroupsResponse. */
export const listGroupsResponse = message({
  name: 'ListGroupsResponse',
  type: 'response',
  apiKey: 16,
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    throttleTimeMs: f(int32, '1+', { ignorable: true }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    groups: f(array(listedGroup), '0+'),
  },
})

export interface ListGroupsResponse extends MessageOf<typeof listGroupsResponse> {}

export interface ListGroupsResponseListedGroup extends StructOf<typeof listedGroup> {}
