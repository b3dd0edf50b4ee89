import { f, type MessageOf, message, uuid } from '../table/index.ts'

/** Asks which metrics the broker wants from a client (KIP-714). */
export const getTelemetrySubscriptionsRequest = message({
  name: 'GetTelemetrySubscriptionsRequest',
  type: 'request',
  apiKey: 71,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    clientInstanceId: f(uuid, '0+', 'Id of the client, given by the broker at first.'),
  },
})

export interface GetTelemetrySubscriptionsRequest extends MessageOf<typeof getTelemetrySubscriptionsRequest> {}
