import { bool, f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** Answers BrokerHeartbeatRequest. */
export const brokerHeartbeatResponse = message({
  name: 'BrokerHeartbeatResponse',
  type: 'response',
  apiKey: 63,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    isCaughtUp: f(bool, '0+', 'Whether the broker has replayed metadata up to its own registration.'),
    isFenced: f(bool, '0+', 'Whether the broker is registered and not yet, or no longer, serving.', { default: true }),
    shouldShutDown: f(bool, '0+', 'Whether the broker may stop now.'),
  },
})

export interface BrokerHeartbeatResponse extends MessageOf<typeof brokerHeartbeatResponse> {}
