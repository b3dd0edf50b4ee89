import { array, f, int8, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const aclCreation = struct('AclCreation', {
  resourceType: f(int8, '0+', 'Type of the resource, by number.'),
  resourceName: f(string, '0+', 'Name of the resource.'),
  resourcePatternType: f(int8, '1+', { default: 3 }),
  principal: f(string, '0+', 'Type and name of the principal.'),
  host: f(string, '0+', 'Host name or address.'),
  operation: f(int8, '0+', 'Operation, by number.'),
  permissionType: f(int8, '0+', '2 deny, 3 allow.'),
})

/** Creates ACLs. */
export const createAclsRequest = message({
  name: 'CreateAclsRequest',
  type: 'request',
  apiKey: 30,
  listeners: ['broker', 'controller'],
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    creations: f(array(aclCreation), '0+'),
  },
})

export interface CreateAclsRequest extends MessageOf<typeof createAclsRequest> {}

export interface CreateAclsRequestAclCreation extends StructOf<typeof aclCreation> {}
