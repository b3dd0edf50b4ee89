import { f, int16, int32, int64, type MessageOf, message } from '../table/index.ts'

/** Answers BrokerRegistrationRequest. */
export const brokerRegistrationResponse = message({
  name: 'BrokerRegistrationResponse',
  type: 'response',
  apiKey: 62,
  validVersions: '0-4',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    brokerEpoch: f(int64, '0+', 'Epoch of the registration of the broker, -1 when unknown.', { default: -1 }),
  },
})

export interface BrokerRegistrationResponse extends MessageOf<typeof brokerRegistrationResponse> {}
