import { exactInt64, f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** InitProducerIdResponse. */
export const initProducerIdResponse = message({
  name: 'InitProducerIdResponse',
  type: 'response',
  apiKey: 22,
  validVersions: '0-6',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', { ignorable: true }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    producerId: f(exactInt64, '0+', { default: -1n, entityType: 'producerId' }),
    producerEpoch: f(int16, '0+'),
    ongoingTxnProducerId: f(exactInt64, '6+', { default: -1n, entityType: 'producerId' }),
    ongoingTxnProducerEpoch: f(int16, '6+', { default: -1 }),
  },
})

export interface InitProducerIdResponse extends MessageOf<typeof initProducerIdResponse> {}
