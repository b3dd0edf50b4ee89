import { bool, bytes, f, int8, int32, type MessageOf, message, uuid } from '../table/index.ts'

/** Delivers metrics of a client (KIP-714). */
export const pushTelemetryRequest = message({
  name: 'PushTelemetryRequest',
  type: 'request',
  apiKey: 72,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    clientInstanceId: f(uuid, '0+', 'Id of the client, given by the broker at first.'),
    subscriptionId: f(int32, '0+', 'Tells whether the subscription has changed.'),
    terminating: f(bool, '0+', 'Whether the client is closing.'),
    compressionType: f(int8, '0+', 'Compression of the metrics, by number.'),
    metrics: f(bytes, '0+', 'Metrics in the OTLP format.'),
  },
})

export interface PushTelemetryRequest extends MessageOf<typeof pushTelemetryRequest> {}
