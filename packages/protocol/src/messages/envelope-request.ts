import { bytes, f, type MessageOf, message, nullable } from '../table/index.ts'

/** Forwards a request from a broker to the controller, with the principal it came from. */
export const envelopeRequest = message({
  name: 'EnvelopeRequest',
  type: 'request',
  apiKey: 58,
  listeners: ['controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    requestData: f(bytes, '0+', 'The forwarded request, header and all.'),
    requestPrincipal: f(nullable(bytes), '0+', 'The serialized principal that the request came from.'),
    clientHostAddress: f(bytes, '0+', 'Address that the request came from.'),
  },
})

export interface EnvelopeRequest extends MessageOf<typeof envelopeRequest> {}
