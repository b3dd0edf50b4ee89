import { array, f, int8, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const deleteAclsFilter = struct('DeleteAclsFilter', {
  resourceTypeFilter: f(int8, '0+'),
  resourceNameFilter: f(nullable(string), '0+'),
  patternTypeFilter: f(int8, '1+', { default: 3 }),
  principalFilter: f(nullable(string), '0+'),
  hostFilter: f(nullable(string), '0+'),
  operation: f(int8, '0+'),
  permissionType: f(int8, '0+'),
})

/** DeleteAclsRequest. */
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
