import { exactInt64, f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** EndTxnResponse. */
export const endTxnResponse = message({
  name: 'EndTxnResponse',
  type: 'response',
  apiKey: 26,
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    producerId: f(exactInt64, '5+', { default: -1n, ignorable: true, entityType: 'producerId' }),
    producerEpoch: f(int16, '5+', { default: -1, ignorable: true }),
  },
})

export interface EndTxnResponse extends MessageOf<typeof endTxnResponse> {}
