import { bool, bytes, f, int8, int32, type MessageOf, message, uuid } from '../table/index.ts'

/** PushTelemetryRequest. */
export const pushTelemetryRequest = message({
  name: 'PushTelemetryRequest',
  type: 'request',
  apiKey: 72,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    clientInstanceId: f(uuid, '0+'),
    subscriptionId: f(int32, '0+'),
    terminating: f(bool, '0+'),
    compressionType: f(int8, '0+'),
    metrics: f(bytes, '0+'),
  },
})

export interface PushTelemetryRequest extends MessageOf<typeof pushTelemetryRequest> {}
