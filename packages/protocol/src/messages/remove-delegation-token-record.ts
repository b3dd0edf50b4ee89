import { f, type MessageOf, message, string } from '../table/index.ts'

/** Removes a delegation token. */
export const removeDelegationTokenRecord = message({
  name: 'RemoveDelegationTokenRecord',
  type: 'metadata',
  apiKey: 26,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    tokenId: f(string, '0+', 'Id of the delegation token.'),
  },
})

export interface RemoveDelegationTokenRecord extends MessageOf<typeof removeDelegationTokenRecord> {}
