import {
  array,
  bool,
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

const addPartitionsToTxnTopic = struct('AddPartitionsToTxnTopic', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(int32), '0+'),
})

const addPartitionsToTxnTransaction = struct('AddPartitionsToTxnTransaction', {
  transactionalId: f(string, '4+', 'Transactional id, or null without transactions.', {
    mapKey: true,
    entityType: 'transactionalId',
  }),
  producerId: f(exactInt64, '4+', 'Id of the producer, -1 for none.', { entityType: 'producerId' }),
  producerEpoch: f(int16, '4+', 'Epoch of the producer, -1 for none.'),
  verifyOnly: f(bool, '4+', 'Only check that the partitions belong to the transaction.'),
  topics: f(array(addPartitionsToTxnTopic), '4+'),
})

/** Adds partitions to a transaction; from v4 on for brokers, several transactions at once. */
export const addPartitionsToTxnRequest = message({
  name: 'AddPartitionsToTxnRequest',
  type: 'request',
  apiKey: 24,
  listeners: ['broker'],
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    transactions: f(array(addPartitionsToTxnTransaction), '4+'),
    v3AndBelowTransactionalId: f(string, '0-3', 'As `transactionalId`, before version 4 brought batches.', {
      entityType: 'transactionalId',
    }),
    v3AndBelowProducerId: f(exactInt64, '0-3', 'As `producerId`, before version 4 brought batches.', {
      entityType: 'producerId',
    }),
    v3AndBelowProducerEpoch: f(int16, '0-3', 'As `producerEpoch`, before version 4 brought batches.'),
    v3AndBelowTopics: f(array(addPartitionsToTxnTopic), '0-3', 'As `topics`, before version 4 brought batches.'),
  },
})

export interface AddPartitionsToTxnRequest extends MessageOf<typeof addPartitionsToTxnRequest> {}

export interface AddPartitionsToTxnRequestTopic extends StructOf<typeof addPartitionsToTxnTopic> {}

export interface AddPartitionsToTxnRequestTransaction extends StructOf<typeof addPartitionsToTxnTransaction> {}
