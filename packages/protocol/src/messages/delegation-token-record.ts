import { array, f, int64, type MessageOf, message, string } from '../table/index.ts'

/** A delegation token. */
export const delegationTokenRecord = message({
  name: 'DelegationTokenRecord',
  type: 'metadata',
  apiKey: 10,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    owner: f(string, '0+'),
    requester: f(string, '0+'),
    renewers: f(array(string), '0+'),
    issueTimestamp: f(int64, '0+'),
    maxTimestamp: f(int64, '0+'),
    expirationTimestamp: f(int64, '0+'),
    tokenId: f(string, '0+', 'Id of the delegation token.'),
  },
})

export interface DelegationTokenRecord extends MessageOf<typeof delegationTokenRecord> {}
