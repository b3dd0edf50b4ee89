import { bool, exactInt64, f, int16, type MessageOf, message, string } from '../table/index.ts'

/** Commits or aborts a transaction. v5 answers with a new epoch (KIP-890). */
export const endTxnRequest = message({
  name: 'EndTxnRequest',
  type: 'request',
  apiKey: 26,
  listeners: ['broker'],
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    transactionalId: f(string, '0+', 'Transactional id, or null without transactions.', {
      entityType: 'transactionalId',
    }),
    producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.', { entityType: 'producerId' }),
    producerEpoch: f(int16, '0+', 'Epoch of the producer, -1 for none.'),
    committed: f(bool, '0+', 'Whether the transaction is committed or aborted.'),
  },
})

export interface EndTxnRequest extends MessageOf<typeof endTxnRequest> {}
