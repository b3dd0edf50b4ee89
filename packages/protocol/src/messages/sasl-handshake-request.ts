import { f, type MessageOf, message, string } from '../table/index.ts'

/** SaslHandshakeRequest. */
export const saslHandshakeRequest = message({
  name: 'SaslHandshakeRequest',
  type: 'request',
  apiKey: 17,
  listeners: ['broker', 'controller'],
  validVersions: '0-1',
  flexibleVersions: 'none',
  fields: {
    mechanism: f(string, '0+'),
  },
})

export interface SaslHandshakeRequest extends MessageOf<typeof saslHandshakeRequest> {}
