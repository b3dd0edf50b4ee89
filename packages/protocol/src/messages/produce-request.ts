import {
  array,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  records,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const partitionProduceData = struct('PartitionProduceData', {
  index: f(int32, '0+', 'Number of the partition, from 0.'),
  records: f(nullable(records), '0+', 'Record batches, one after the other.', { default: null }),
})

const topicProduceData = struct('TopicProduceData', {
  name: f(string, '0-12', { ignorable: true, mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '13+', 'Id of the topic.', { ignorable: true, mapKey: true }),
  partitionData: f(array(partitionProduceData), '0+', 'Records by partition.'),
})

/**
 * Appends record batches to partitions. v7 allows zstd; v9 is the first flexible version; v12 lets a transactional
 * producer leave out AddPartitionsToTxn (KIP-890); v13 names topics by id (KIP-516).
 */
export const produceRequest = message({
  name: 'ProduceRequest',
  type: 'request',
  apiKey: 0,
  listeners: ['broker'],
  validVersions: '3-13',
  flexibleVersions: '9+',
  fields: {
    transactionalId: f(nullable(string), '3+', 'Transactional id, or null without transactions.', {
      default: null,
      entityType: 'transactionalId',
    }),
    acks: f(int16, '0+', 'Replicas that must have the records: 0 none and no answer, 1 the leader, -1 all in sync.'),
    timeoutMs: f(int32, '0+', 'Milliseconds to wait for the acknowledgements of the replicas.'),
    topicData: f(array(topicProduceData), '0+', 'Records by topic.'),
  },
})

export interface ProduceRequest extends MessageOf<typeof produceRequest> {}

export interface ProduceRequestPartitionProduceData extends StructOf<typeof partitionProduceData> {}

export interface ProduceRequestTopicProduceData extends StructOf<typeof topicProduceData> {}
