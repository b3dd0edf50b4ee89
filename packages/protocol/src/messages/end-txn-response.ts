import { exactInt64, f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** Answers EndTxnRequest. */
export const endTxnResponse = message({
  name: 'EndTxnResponse',
  type: 'response',
  apiKey: 26,
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    producerId: f(exactInt64, '5+', 'Id of the producer, -1 for none.', {
      default: -1n,
      ignorable: true,
      entityType: 'producerId',
    }),
    producerEpoch: f(int16, '5+', 'Epoch of the producer, -1 for none.', { default: -1, ignorable: true }),
  },
})

export interface EndTxnResponse extends MessageOf<typeof endTxnResponse> {}
