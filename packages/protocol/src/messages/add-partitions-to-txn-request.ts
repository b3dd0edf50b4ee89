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
  transactionalId: f(string, '4+', { mapKey: true, entityType: 'transactionalId' }),
  producerId: f(exactInt64, '4+', { entityType: 'producerId' }),
  producerEpoch: f(int16, '4+'),
  verifyOnly: f(bool, '4+'),
  topics: f(array(addPartitionsToTxnTopic), '4+'),
})

/** AddPartitionsToTxnRequest. */
export const addPartitionsToTxnRequest = message({
  name: 'AddPartitionsToTxnRequest',
  type: 'request',
  apiKey: 24,
  listeners: ['broker'],
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    transactions: f(array(addPartitionsToTxnTransaction), '4+'),
    v3AndBelowTransactionalId: f(string, '0-3', { entityType: 'transactionalId' }),
    v3AndBelowProducerId: f(exactInt64, '0-3', { entityType: 'producerId' }),
    v3AndBelowProducerEpoch: f(int16, '0-3'),
    v3AndBelowTopics: f(array(addPartitionsToTxnTopic), '0-3'),
  },
})

export interface AddPartitionsToTxnRequest extends MessageOf<typeof addPartitionsToTxnRequest> {}

export interface AddPartitionsToTxnRequestTopic extends StructOf<typeof addPartitionsToTxnTopic> {}

export interface AddPartitionsToTxnRequestTransaction extends StructOf<typeof addPartitionsToTxnTransaction> {}
