import { f, int32, int64, type MessageOf, message } from '../table/index.ts'

/** Asks the controller for a block of producer ids. */
export const allocateProducerIdsRequest = message({
  name: 'AllocateProducerIdsRequest',
  type: 'request',
  apiKey: 67,
  listeners: ['controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', 'Node id of the broker.', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', 'Epoch of the registration of the broker, -1 when unknown.', { default: -1 }),
  },
})

export interface AllocateProducerIdsRequest extends MessageOf<typeof allocateProducerIdsRequest> {}
