import { bytes, f, int16, int64, type MessageOf, message, nullable, string } from '../table/index.ts'

/** SaslAuthenticateResponse. */
export const saslAuthenticateResponse = message({
  name: 'SaslAuthenticateResponse',
  type: 'response',
  apiKey: 36,
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+'),
    authBytes: f(bytes, '0+'),
    sessionLifetimeMs: f(int64, '1+', { ignorable: true }),
  },
})

export interface SaslAuthenticateResponse extends MessageOf<typeof saslAuthenticateResponse> {}
