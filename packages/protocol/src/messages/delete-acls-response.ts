import {
  array,
  f,
  int8,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const deleteAclsMatchingAcl = struct('DeleteAclsMatchingAcl', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+'),
  resourceType: f(int8, '0+'),
  resourceName: f(string, '0+'),
  patternType: f(int8, '1+', { default: 3 }),
  principal: f(string, '0+'),
  host: f(string, '0+'),
  operation: f(int8, '0+'),
  permissionType: f(int8, '0+'),
})

const deleteAclsFilterResult = struct('DeleteAclsFilterResult', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+'),
  matchingAcls: f(array(deleteAclsMatchingAcl), '0+'),
})

/** DeleteAclsResponse. */
export const deleteAclsResponse = message({
  name: 'DeleteAclsResponse',
  type: 'response',
  apiKey: 31,
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    filterResults: f(array(deleteAclsFilterResult), '0+'),
  },
})

export interface DeleteAclsResponse extends MessageOf<typeof deleteAclsResponse> {}

export interface DeleteAclsResponseMatchingAcl extends StructOf<typeof deleteAclsMatchingAcl> {}

export interface DeleteAclsResponseFilterResult extends StructOf<typeof deleteAclsFilterResult> {}
