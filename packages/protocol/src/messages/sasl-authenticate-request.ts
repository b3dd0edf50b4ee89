import { bytes, f, type MessageOf, message } from '../table/index.ts'

/** Carries one step of the SASL exchange. v1 limits the session (KIP-368). */
export const saslAuthenticateRequest = message({
  name: 'SaslAuthenticateRequest',
  type: 'request',
  apiKey: 36,
  listeners: ['broker', 'controller'],
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    authBytes: f(bytes, '0+', 'Bytes of the SASL exchange.'),
  },
})

export interface SaslAuthenticateRequest extends MessageOf<typeof saslAuthenticateRequest> {}
