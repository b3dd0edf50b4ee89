import { bytes, f, int16, int64, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Answers SaslAuthenticateRequest. */
export const saslAuthenticateResponse = message({
  name: 'SaslAuthenticateResponse',
  type: 'response',
  apiKey: 36,
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
    authBytes: f(bytes, '0+', 'Bytes of the SASL exchange.'),
    sessionLifetimeMs: f(int64, '1+', 'Milliseconds until the client must authenticate again, 0 for never.', {
      ignorable: true,
    }),
  },
})

export interface SaslAuthenticateResponse extends MessageOf<typeof saslAuthenticateResponse> {}
