import {
  array,
  exactInt64,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const topicData = struct('TopicData', {
  topic: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(int32), '0+'),
})

const transactionState = struct('TransactionState', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  transactionalId: f(string, '0+', 'Transactional id, or null without transactions.', {
    entityType: 'transactionalId',
  }),
  transactionState: f(string, '0+'),
  transactionTimeoutMs: f(int32, '0+', 'Milliseconds after which an open transaction is aborted.'),
  transactionStartTimeMs: f(int64, '0+'),
  producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.', { entityType: 'producerId' }),
  producerEpoch: f(int16, '0+', 'Epoch of the producer, -1 for none.'),
  topics: f(array(topicData), '0+'),
})

/** Answers DescribeTransactionsRequest. */
export const describeTransactionsResponse = message({
  name: 'DescribeTransactionsResponse',
  type: 'response',
  apiKey: 65,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    transactionStates: f(array(transactionState), '0+'),
  },
})

export interface DescribeTransactionsResponse extends MessageOf<typeof describeTransactionsResponse> {}

export interface DescribeTransactionsResponseTopicData extends StructOf<typeof topicData> {}

export interface DescribeTransactionsResponseTransactionState extends StructOf<typeof transactionState> {}
