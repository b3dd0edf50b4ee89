import { bool, exactInt64, f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** InitProducerIdRequest. */
export const initProducerIdRequest = message({
  name: 'InitProducerIdRequest',
  type: 'request',
  apiKey: 22,
  listeners: ['broker'],
  validVersions: '0-6',
  flexibleVersions: '2+',
  latestVersionUnstable: true,
  fields: {
    transactionalId: f(nullable(string), '0+', { entityType: 'transactionalId' }),
    transactionTimeoutMs: f(int32, '0+'),
    producerId: f(exactInt64, '3+', { default: -1n, entityType: 'producerId' }),
    producerEpoch: f(int16, '3+', { default: -1 }),
    enable2Pc: f(bool, '6+'),
    keepPreparedTxn: f(bool, '6+'),
  },
})

export interface InitProducerIdRequest extends MessageOf<typeof initProducerIdRequest> {}
