import { f, int16, int32, int64, type MessageOf, message } from '../table/index.ts'

/** Answers RenewDelegationTokenRequest. */
export const renewDelegationTokenResponse = message({
  name: 'RenewDelegationTokenResponse',
  type: 'response',
  apiKey: 39,
  validVersions: '1-2',
  flexibleVersions: '2+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    expiryTimestampMs: f(int64, '0+'),
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
  },
})

export interface RenewDelegationTokenResponse extends MessageOf<typeof renewDelegationTokenResponse> {}
