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
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
  resourceType: f(int8, '0+', 'Type of the resource, by number.'),
  resourceName: f(string, '0+', 'Name of the resource.'),
  patternType: f(int8, '1+', '3 literal, 4 prefixed; a filter may also say 1 any, 2 match.', { default: 3 }),
  principal: f(string, '0+', 'Type and name of the principal.'),
  host: f(string, '0+', 'Host name or address.'),
  operation: f(int8, '0+', 'Operation, by number.'),
  permissionType: f(int8, '0+', '2 deny, 3 allow.'),
})

const deleteAclsFilterResult = struct('DeleteAclsFilterResult', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
  matchingAcls: f(array(deleteAclsMatchingAcl), '0+'),
})

/** Answers DeleteAclsRequest. */
export const deleteAclsResponse = message({
  name: 'DeleteAclsResponse',
  type: 'response',
  apiKey: 31,
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    filterResults: f(array(deleteAclsFilterResult), '0+'),
  },
})

export interface DeleteAclsResponse extends MessageOf<typeof deleteAclsResponse> {}

export interface DeleteAclsResponseMatchingAcl extends StructOf<typeof deleteAclsMatchingAcl> {}

export interface DeleteAclsResponseFilterResult extends StructOf<typeof deleteAclsFilterResult> {}
