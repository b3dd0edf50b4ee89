import { bytes, f, int64, type MessageOf, message } from '../table/index.ts'

/** Extends the life of a delegation token. */
export const renewDelegationTokenRequest = message({
  name: 'RenewDelegationTokenRequest',
  type: 'request',
  apiKey: 39,
  listeners: ['broker', 'controller'],
  validVersions: '1-2',
  flexibleVersions: '2+',
  fields: {
    hmac: f(bytes, '0+', 'Secret of the delegation token.'),
    renewPeriodMs: f(int64, '0+'),
  },
})

export interface RenewDelegationTokenRequest extends MessageOf<typeof renewDelegationTokenRequest> {}
