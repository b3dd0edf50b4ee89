import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: a classic group, with its members and their assignments. */
export const groupMetadataKey = message({
  name: 'GroupMetadataKey',
  type: 'coordinator-key',
  apiKey: 2,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    group: f(string, '0'),
  },
})

export interface GroupMetadataKey extends MessageOf<typeof groupMetadataKey> {}
