import { array, f, int8, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const deleteAclsFilter = struct('DeleteAclsFilter', {
  resourceTypeFilter: f(int8, '0+'),
  resourceNameFilter: f(nullable(string), '0+', 'Name of the resource, or null for any.'),
  patternTypeFilter: f(int8, '1+', '1 any, 2 match, 3 literal, 4 prefixed.', { default: 3 }),
  principalFilter: f(nullable(string), '0+', 'Principal, or null for any.'),
  hostFilter: f(nullable(string), '0+', 'Host, or null for any.'),
  operation: f(int8, '0+', 'Operation, by number.'),
  permissionType: f(int8, '0+', '2 deny, 3 allow.'),
})

/** Deletes the ACLs that filters match. */
export const deleteAclsRequest = message({
  name: 'DeleteAclsRequest',
  type: 'request',
  apiKey: 31,
  listeners: ['broker', 'controller'],
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    filters: f(array(deleteAclsFilter), '0+'),
  },
})

export interface DeleteAclsRequest extends MessageOf<typeof deleteAclsRequest> {}

export interface DeleteAclsRequestFilter extends StructOf<typeof deleteAclsFilter> {}
