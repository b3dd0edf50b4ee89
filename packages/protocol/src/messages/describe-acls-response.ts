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

const aclDescription = struct('AclDescription', {
  principal: f(string, '0+'),
  host: f(string, '0+'),
  operation: f(int8, '0+'),
  permissionType: f(int8, '0+'),
})

const describeAclsResource = struct('DescribeAclsResource', {
  resourceType: f(int8, '0+'),
  resourceName: f(string, '0+'),
  patternType: f(int8, '1+', { default: 3 }),
  acls: f(array(aclDescription), '0+'),
})

/** DescribeAclsResponse. */
export const describeAclsResponse = message({
  name: 'DescribeAclsResponse',
  type: 'response',
  apiKey: 29,
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+'),
    resources: f(array(describeAclsResource), '0+'),
  },
})

export interface DescribeAclsResponse extends MessageOf<typeof describeAclsResponse> {}

export interface DescribeAclsResponseAclDescription extends StructOf<typeof aclDescription> {}

export interface DescribeAclsResponseResource extends StructOf<typeof describeAclsResource> {}
