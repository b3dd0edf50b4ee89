import { f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** UnregisterBrokerResponse. */
export const unregisterBrokerResponse = message({
  name: 'UnregisterBrokerResponse',
  type: 'response',
  apiKey: 64,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+'),
  },
})

export interface UnregisterBrokerResponse extends MessageOf<typeof unregisterBrokerResponse> {}
