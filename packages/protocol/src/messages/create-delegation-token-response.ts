import { bytes, f, int16, int32, int64, type MessageOf, message, string } from '../table/index.ts'

/** Answers CreateDelegationTokenRequest. */
export const createDelegationTokenResponse = message({
  name: 'CreateDelegationTokenResponse',
  type: 'response',
  apiKey: 38,
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    principalType: f(string, '0+', 'Type of principal: `User`.'),
    principalName: f(string, '0+', 'Name of the principal.'),
    tokenRequesterPrincipalType: f(string, '3+'),
    tokenRequesterPrincipalName: f(string, '3+'),
    issueTimestampMs: f(int64, '0+'),
    expiryTimestampMs: f(int64, '0+'),
    maxTimestampMs: f(int64, '0+'),
    tokenId: f(string, '0+', 'Id of the delegation token.'),
    hmac: f(bytes, '0+', 'Secret of the delegation token.'),
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
  },
})

export interface CreateDelegationTokenResponse extends MessageOf<typeof createDelegationTokenResponse> {}
