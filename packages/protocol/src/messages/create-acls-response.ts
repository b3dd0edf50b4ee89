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

const aclCreationResult = struct('AclCreationResult', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
})

/** Answers CreateAclsRequest. */
export const createAclsResponse = message({
  name: 'CreateAclsResponse',
  type: 'response',
  apiKey: 30,
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    results: f(array(aclCreationResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface CreateAclsResponse extends MessageOf<typeof createAclsResponse> {}

export interface CreateAclsResponseAclCreationResult extends StructOf<typeof aclCreationResult> {}
