import { f, int32, int64, type MessageOf, message } from '../table/index.ts'

/** AllocateProducerIdsRequest. */
export const allocateProducerIdsRequest = message({
  name: 'AllocateProducerIdsRequest',
  type: 'request',
  apiKey: 67,
  listeners: ['controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', { default: -1 }),
  },
})

export interface AllocateProducerIdsRequest extends MessageOf<typeof allocateProducerIdsRequest> {}
