import { f, type MessageOf, message, string } from '../table/index.ts'

/** TransactionLogKey. */
export const transactionLogKey = message({
  name: 'TransactionLogKey',
  type: 'coordinator-key',
  apiKey: 0,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    transactionalId: f(string, '0'),
  },
})

export interface TransactionLogKey extends MessageOf<typeof transactionLogKey> {}
