import { bytes, f, int64, type MessageOf, message } from '../table/index.ts'

/** ExpireDelegationTokenRequest. */
export const expireDelegationTokenRequest = message({
  name: 'ExpireDelegationTokenRequest',
  type: 'request',
  apiKey: 40,
  listeners: ['broker', 'controller'],
  validVersions: '1-2',
  flexibleVersions: '2+',
  fields: {
    hmac: f(bytes, '0+'),
    expiryTimePeriodMs: f(int64, '0+'),
  },
})

export interface ExpireDelegationTokenRequest extends MessageOf<typeof expireDelegationTokenRequest> {}
