import { array, f, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const addPartitionsToTxnPartitionResult = struct('AddPartitionsToTxnPartitionResult', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.', { mapKey: true }),
  partitionErrorCode: f(int16, '0+'),
})

const addPartitionsToTxnTopicResult = struct('AddPartitionsToTxnTopicResult', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  resultsByPartition: f(array(addPartitionsToTxnPartitionResult), '0+'),
})

const addPartitionsToTxnResult = struct('AddPartitionsToTxnResult', {
  transactionalId: f(string, '4+', 'Transactional id, or null without transactions.', {
    mapKey: true,
    entityType: 'transactionalId',
  }),
  topicResults: f(array(addPartitionsToTxnTopicResult), '4+'),
})

/** Answers AddPartitionsToTxnRequest. */
export const addPartitionsToTxnResponse = message({
  name: 'AddPartitionsToTxnResponse',
  type: 'response',
  apiKey: 24,
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '4+', 'Kafka error code, 0 for none.', { ignorable: true }),
    resultsByTransaction: f(array(addPartitionsToTxnResult), '4+'),
    resultsByTopicV3AndBelow: f(array(addPartitionsToTxnTopicResult), '0-3'),
  },
})

export interface AddPartitionsToTxnResponse extends MessageOf<typeof addPartitionsToTxnResponse> {}

export interface AddPartitionsToTxnResponsePartitionResult extends StructOf<typeof addPartitionsToTxnPartitionResult> {}

export interface AddPartitionsToTxnResponseTopicResult extends StructOf<typeof addPartitionsToTxnTopicResult> {}

export interface AddPartitionsToTxnResponseResult extends StructOf<typeof addPartitionsToTxnResult> {}
