import {
  array,
  exactInt64,
  f,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const partitionsSchema = struct('PartitionsSchema', {
  topic: f(string, '0+'),
  partitionIds: f(array(int32), '0+'),
})

/** A transactional id, and the state of its transaction. */
export const transactionLogValue = message({
  name: 'TransactionLogValue',
  type: 'coordinator-value',
  apiKey: 0,
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.'),
    previousProducerId: f(exactInt64, '1+', { default: -1n, tag: 0 }),
    nextProducerId: f(exactInt64, '1+', 'First id that has not been handed out.', { default: -1n, tag: 1 }),
    producerEpoch: f(int16, '0+', 'Epoch of the producer, -1 for none.'),
    nextProducerEpoch: f(int16, '1+', { default: -1, tag: 3 }),
    transactionTimeoutMs: f(int32, '0+', 'Milliseconds after which an open transaction is aborted.'),
    transactionStatus: f(int8, '0+', 'State of the transaction, by number.'),
    transactionPartitions: f(nullable(array(partitionsSchema)), '0+'),
    transactionLastUpdateTimestampMs: f(int64, '0+'),
    transactionStartTimestampMs: f(int64, '0+'),
    clientTransactionVersion: f(int16, '1+', 'Level of the transaction protocol of the producer (KIP-890).', {
      tag: 2,
    }),
  },
})

export interface TransactionLogValue extends MessageOf<typeof transactionLogValue> {}

export interface TransactionLogValuePartitionsSchema extends StructOf<typeof partitionsSchema> {}
