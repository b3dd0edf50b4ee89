import {
  array,
  bytes,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const describedDelegationTokenRenewer = struct('DescribedDelegationTokenRenewer', {
  principalType: f(string, '0+', 'Type of principal: `User`.'),
  principalName: f(string, '0+', 'Name of the principal.'),
})

const describedDelegationToken = struct('DescribedDelegationToken', {
  principalType: f(string, '0+', 'Type of principal: `User`.'),
  principalName: f(string, '0+', 'Name of the principal.'),
  tokenRequesterPrincipalType: f(string, '3+'),
  tokenRequesterPrincipalName: f(string, '3+'),
  issueTimestamp: f(int64, '0+'),
  expiryTimestamp: f(int64, '0+'),
  maxTimestamp: f(int64, '0+'),
  tokenId: f(string, '0+', 'Id of the delegation token.'),
  hmac: f(bytes, '0+', 'Secret of the delegation token.'),
  renewers: f(array(describedDelegationTokenRenewer), '0+'),
})

/** Answers DescribeDelegationTokenRequest. */
export const describeDelegationTokenResponse = message({
  name: 'DescribeDelegationTokenResponse',
  type: 'response',
  apiKey: 41,
  validVersions: '1-3',
  flexibleVersions: '2+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    tokens: f(array(describedDelegationToken), '0+'),
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
  },
})

export interface DescribeDelegationTokenResponse extends MessageOf<typeof describeDelegationTokenResponse> {}

export interface DescribeDelegationTokenResponseDescribedDelegationTokenRenewer
  extends StructOf<typeof describedDelegationTokenRenewer> {}

export interface DescribeDelegationTokenResponseDescribedDelegationToken
  extends StructOf<typeof describedDelegationToken> {}
