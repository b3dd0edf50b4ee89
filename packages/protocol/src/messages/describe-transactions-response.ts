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
  transactionalId: f(string, '0+', { entityType: 'transactionalId' }),
  transactionState: f(string, '0+'),
  transactionTimeoutMs: f(int32, '0+'),
  transactionStartTimeMs: f(int64, '0+'),
  producerId: f(exactInt64, '0+', { entityType: 'producerId' }),
  producerEpoch: f(int16, '0+'),
  topics: f(array(topicData), '0+'),
})

/** DescribeTransactionsResponse. */
export const describeTransactionsResponse = message({
  name: 'DescribeTransactionsResponse',
  type: 'response',
  apiKey: 65,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    transactionStates: f(array(transactionState), '0+'),
  },
})

export interface DescribeTransactionsResponse extends MessageOf<typeof describeTransactionsResponse> {}

export interface DescribeTransactionsResponseTopicData extends StructOf<typeof topicData> {}

export interface DescribeTransactionsResponseTransactionState extends StructOf<typeof transactionState> {}
