import { f, type MessageOf, message, string } from '../table/index.ts'

/** Chooses the SASL mechanism. After v1 the exchange travels in SaslAuthenticate, after v0 in bare frames. */
export const saslHandshakeRequest = message({
  name: 'SaslHandshakeRequest',
  type: 'request',
  apiKey: 17,
  listeners: ['broker', 'controller'],
  validVersions: '0-1',
  flexibleVersions: 'none',
  fields: {
    mechanism: f(string, '0+', 'SASL mechanism.'),
  },
})

export interface SaslHandshakeRequest extends MessageOf<typeof saslHandshakeRequest> {}
