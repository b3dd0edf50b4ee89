import {
  array,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const deletableGroupResult = struct('DeletableGroupResult', {
  groupId: f(string, '0+', 'Id of the group.', { mapKey: true, entityType: 'groupId' }),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '3+', 'What went wrong, for people; null when nothing did.', {
    default: null,
    ignorable: true,
  }),
})

/** Answers DeleteGroupsRequest. */
export const deleteGroupsResponse = message({
  name: 'DeleteGroupsResponse',
  type: 'response',
  apiKey: 42,
  validVersions: '0-3',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    results: f(array(deletableGroupResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface DeleteGroupsResponse extends MessageOf<typeof deleteGroupsResponse> {}

export interface DeleteGroupsResponseDeletableGroupResult extends StructOf<typeof deletableGroupResult> {}
