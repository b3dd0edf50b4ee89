import { array, f, int16, type MessageOf, message, string } from '../table/index.ts'

/** Answers SaslHandshakeRequest. */
export const saslHandshakeResponse = message({
  name: 'SaslHandshakeResponse',
  type: 'response',
  apiKey: 17,
  validVersions: '0-1',
  flexibleVersions: 'none',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    mechanisms: f(array(string), '0+', 'SASL mechanisms that the broker offers.'),
  },
})

export interface SaslHandshakeResponse extends MessageOf<typeof saslHandshakeResponse> {}
