import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: a transactional id, and the state of its transaction. */
export const transactionLogKey = message({
  name: 'TransactionLogKey',
  type: 'coordinator-key',
  apiKey: 0,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    transactionalId: f(string, '0', 'Transactional id, or null without transactions.'),
  },
})

export interface TransactionLogKey extends MessageOf<typeof transactionLogKey> {}
