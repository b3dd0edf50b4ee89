import { bytes, f, int16, type MessageOf, message, nullable } from '../table/index.ts'

/** Answers EnvelopeRequest. */
export const envelopeResponse = message({
  name: 'EnvelopeResponse',
  type: 'response',
  apiKey: 58,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    responseData: f(nullable(bytes), '0+', 'The answer to the forwarded request, header and all.', { default: null }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  },
})

export interface EnvelopeResponse extends MessageOf<typeof envelopeResponse> {}
