import { bool, f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** BrokerHeartbeatResponse. */
export const brokerHeartbeatResponse = message({
  name: 'BrokerHeartbeatResponse',
  type: 'response',
  apiKey: 63,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    isCaughtUp: f(bool, '0+'),
    isFenced: f(bool, '0+', { default: true }),
    shouldShutDown: f(bool, '0+'),
  },
})

export interface BrokerHeartbeatResponse extends MessageOf<typeof brokerHeartbeatResponse> {}
