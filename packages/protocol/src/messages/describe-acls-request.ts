import { f, int8, type MessageOf, message, nullable, string } from '../table/index.ts'

/** DescribeAclsRequest. */
export const describeAclsRequest = message({
  name: 'DescribeAclsRequest',
  type: 'request',
  apiKey: 29,
  listeners: ['broker', 'controller'],
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    resourceTypeFilter: f(int8, '0+'),
    resourceNameFilter: f(nullable(string), '0+'),
    patternTypeFilter: f(int8, '1+', { default: 3 }),
    principalFilter: f(nullable(string), '0+'),
    hostFilter: f(nullable(string), '0+'),
    operation: f(int8, '0+'),
    permissionType: f(int8, '0+'),
  },
})

export interface DescribeAclsRequest extends MessageOf<typeof describeAclsRequest> {}
