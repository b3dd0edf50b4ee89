import { bytes, f, int64, type MessageOf, message } from '../table/index.ts'

/** Shortens the life of a delegation token, or ends it. */
export const expireDelegationTokenRequest = message({
  name: 'ExpireDelegationTokenRequest',
  type: 'request',
  apiKey: 40,
  listeners: ['broker', 'controller'],
  validVersions: '1-2',
  flexibleVersions: '2+',
  fields: {
    hmac: f(bytes, '0+', 'Secret of the delegation token.'),
    expiryTimePeriodMs: f(int64, '0+'),
  },
})

export interface ExpireDelegationTokenRequest extends MessageOf<typeof expireDelegationTokenRequest> {}
