import { f, int8, type MessageOf, message, string, uuid } from '../table/index.ts'

/** AccessControlEntryRecord. */
export const accessControlEntryRecord = message({
  name: 'AccessControlEntryRecord',
  type: 'metadata',
  apiKey: 18,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    id: f(uuid, '0+'),
    resourceType: f(int8, '0+'),
    resourceName: f(string, '0+'),
    patternType: f(int8, '0+'),
    principal: f(string, '0+'),
    host: f(string, '0+'),
    operation: f(int8, '0+'),
    permissionType: f(int8, '0+'),
  },
})

export interface AccessControlEntryRecord extends MessageOf<typeof accessControlEntryRecord> {}
