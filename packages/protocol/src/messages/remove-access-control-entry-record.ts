import { f, type MessageOf, message, uuid } from '../table/index.ts'

/** Removes an ACL. */
export const removeAccessControlEntryRecord = message({
  name: 'RemoveAccessControlEntryRecord',
  type: 'metadata',
  apiKey: 19,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    id: f(uuid, '0+'),
  },
})

export interface RemoveAccessControlEntryRecord extends MessageOf<typeof removeAccessControlEntryRecord> {}
