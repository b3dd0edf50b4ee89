import { f, int8, type MessageOf, message, string, uuid } from '../table/index.ts'

/** An ACL. */
export const accessControlEntryRecord = message({
  name: 'AccessControlEntryRecord',
  type: 'metadata',
  apiKey: 18,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    id: f(uuid, '0+'),
    resourceType: f(int8, '0+', 'Type of the resource, by number.'),
    resourceName: f(string, '0+', 'Name of the resource.'),
    patternType: f(int8, '0+', '3 literal, 4 prefixed; a filter may also say 1 any, 2 match.'),
    principal: f(string, '0+', 'Type and name of the principal.'),
    host: f(string, '0+', 'Host name or address.'),
    operation: f(int8, '0+', 'Operation, by number.'),
    permissionType: f(int8, '0+', '2 deny, 3 allow.'),
  },
})

export interface AccessControlEntryRecord extends MessageOf<typeof accessControlEntryRecord> {}
