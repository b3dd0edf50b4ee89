import { bytes, f, type MessageOf, message, nullable } from '../table/index.ts'

/** EnvelopeRequest. */
export const envelopeRequest = message({
  name: 'EnvelopeRequest',
  type: 'request',
  apiKey: 58,
  listeners: ['controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    requestData: f(bytes, '0+'),
    requestPrincipal: f(nullable(bytes), '0+'),
    clientHostAddress: f(bytes, '0+'),
  },
})

export interface EnvelopeRequest extends MessageOf<typeof envelopeRequest> {}
