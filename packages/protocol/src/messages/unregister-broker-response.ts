import { f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Answers UnregisterBrokerRequest. */
export const unregisterBrokerResponse = message({
  name: 'UnregisterBrokerResponse',
  type: 'response',
  apiKey: 64,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
  },
})

export interface UnregisterBrokerResponse extends MessageOf<typeof unregisterBrokerResponse> {}
