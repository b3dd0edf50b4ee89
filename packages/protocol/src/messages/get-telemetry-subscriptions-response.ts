import { array, bool, f, int8, int16, int32, type MessageOf, message, string, uuid } from '../table/index.ts'

/** Answers GetTelemetrySubscriptionsRequest. */
export const getTelemetrySubscriptionsResponse = message({
  name: 'GetTelemetrySubscriptionsResponse',
  type: 'response',
  apiKey: 71,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    clientInstanceId: f(uuid, '0+', 'Id of the client, given by the broker at first.'),
    subscriptionId: f(int32, '0+', 'Tells whether the subscription has changed.'),
    acceptedCompressionTypes: f(array(int8), '0+'),
    pushIntervalMs: f(int32, '0+'),
    telemetryMaxBytes: f(int32, '0+'),
    deltaTemporality: f(bool, '0+'),
    requestedMetrics: f(array(string), '0+'),
  },
})

export interface GetTelemetrySubscriptionsResponse extends MessageOf<typeof getTelemetrySubscriptionsResponse> {}
