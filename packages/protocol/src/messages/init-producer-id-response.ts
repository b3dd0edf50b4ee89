import { exactInt64, f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** Answers InitProducerIdRequest. */
export const initProducerIdResponse = message({
  name: 'InitProducerIdResponse',
  type: 'response',
  apiKey: 22,
  validVersions: '0-6',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.', { default: -1n, entityType: 'producerId' }),
    producerEpoch: f(int16, '0+', 'Epoch of the producer, -1 for none.'),
    ongoingTxnProducerId: f(exactInt64, '6+', { default: -1n, entityType: 'producerId' }),
    ongoingTxnProducerEpoch: f(int16, '6+', { default: -1 }),
  },
})

export interface InitProducerIdResponse extends MessageOf<typeof initProducerIdResponse> {}
