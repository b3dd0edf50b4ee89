import { f, int8, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Lists the ACLs that a filter matches. */
export const describeAclsRequest = message({
  name: 'DescribeAclsRequest',
  type: 'request',
  apiKey: 29,
  listeners: ['broker', 'controller'],
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    resourceTypeFilter: f(int8, '0+'),
    resourceNameFilter: f(nullable(string), '0+', 'Name of the resource, or null for any.'),
    patternTypeFilter: f(int8, '1+', '1 any, 2 match, 3 literal, 4 prefixed.', { default: 3 }),
    principalFilter: f(nullable(string), '0+', 'Principal, or null for any.'),
    hostFilter: f(nullable(string), '0+', 'Host, or null for any.'),
    operation: f(int8, '0+', 'Operation, by number.'),
    permissionType: f(int8, '0+', '2 deny, 3 allow.'),
  },
})

export interface DescribeAclsRequest extends MessageOf<typeof describeAclsRequest> {}
