import {
  array,
  exactInt64,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const transactionState = struct('TransactionState', {
  transactionalId: f(string, '0+', 'Transactional id, or null without transactions.', {
    entityType: 'transactionalId',
  }),
  producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.', { entityType: 'producerId' }),
  transactionState: f(string, '0+'),
})

/** Answers ListTransactionsRequest. */
export const listTransactionsResponse = message({
  name: 'ListTransactionsResponse',
  type: 'response',
  apiKey: 66,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    unknownStateFilters: f(array(string), '0+'),
    transactionStates: f(array(transactionState), '0+'),
  },
})

export interface ListTransactionsResponse extends MessageOf<typeof listTransactionsResponse> {}

export interface ListTransactionsResponseTransactionState extends StructOf<typeof transactionState> {}
