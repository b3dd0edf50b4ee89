import { f, type MessageOf, message, uuid } from '../table/index.ts'

/** GetTelemetrySubscriptionsRequest. */
export const getTelemetrySubscriptionsRequest = message({
  name: 'GetTelemetrySubscriptionsRequest',
  type: 'request',
  apiKey: 71,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    clientInstanceId: f(uuid, '0+'),
  },
})

export interface GetTelemetrySubscriptionsRequest extends MessageOf<typeof getTelemetrySubscriptionsRequest> {}
