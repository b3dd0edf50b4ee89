import { bytes, f, type MessageOf, message } from '../table/index.ts'

/** SaslAuthenticateRequest. */
export const saslAuthenticateRequest = message({
  name: 'SaslAuthenticateRequest',
  type: 'request',
  apiKey: 36,
  listeners: ['broker', 'controller'],
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    authBytes: f(bytes, '0+'),
  },
})

export interface SaslAuthenticateRequest extends MessageOf<typeof saslAuthenticateRequest> {}
