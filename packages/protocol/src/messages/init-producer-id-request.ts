import { bool, exactInt64, f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/**
 * Gives a producer its id and epoch, and ends what its predecessor left open. v3 lets a producer raise its own
 * epoch (KIP-360); v6 is for two-phase commit (KIP-939).
 */
export const initProducerIdRequest = message({
  name: 'InitProducerIdRequest',
  type: 'request',
  apiKey: 22,
  listeners: ['broker'],
  validVersions: '0-6',
  flexibleVersions: '2+',
  latestVersionUnstable: true,
  fields: {
    transactionalId: f(nullable(string), '0+', 'Transactional id, or null without transactions.', {
      entityType: 'transactionalId',
    }),
    transactionTimeoutMs: f(int32, '0+', 'Milliseconds after which an open transaction is aborted.'),
    producerId: f(exactInt64, '3+', 'Id of the producer, -1 for none.', { default: -1n, entityType: 'producerId' }),
    producerEpoch: f(int16, '3+', 'Epoch of the producer, -1 for none.', { default: -1 }),
    enable2Pc: f(bool, '6+', 'Whether the transaction may wait for an outside coordinator (KIP-939).'),
    keepPreparedTxn: f(bool, '6+', 'Whether a prepared transaction outlives this call (KIP-939).'),
  },
})

export interface InitProducerIdRequest extends MessageOf<typeof initProducerIdRequest> {}
