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
  groupId: f(string, '0+', { mapKey: true, entityType: 'groupId' }),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '3+', { default: null, ignorable: true }),
})

/** DeleteGroupsResponse. */
export const deleteGroupsResponse = message({
  name: 'DeleteGroupsResponse',
  type: 'response',
  apiKey: 42,
  validVersions: '0-3',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    results: f(array(deletableGroupResult), '0+'),
  },
})

export interface DeleteGroupsResponse extends MessageOf<typeof deleteGroupsResponse> {}

export interface DeleteGroupsResponseDeletableGroupResult extends StructOf<typeof deletableGroupResult> {}
