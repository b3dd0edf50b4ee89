import { f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** Answers PushTelemetryRequest. */
export const pushTelemetryResponse = message({
  name: 'PushTelemetryResponse',
  type: 'response',
  apiKey: 72,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  },
})

export interface PushTelemetryResponse extends MessageOf<typeof pushTelemetryResponse> {}
