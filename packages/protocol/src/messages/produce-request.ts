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
  index: f(int32, '0+'),
  records: f(nullable(records), '0+', { default: null }),
})

const topicProduceData = struct('TopicProduceData', {
  name: f(string, '0-12', { ignorable: true, mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '13+', { ignorable: true, mapKey: true }),
  partitionData: f(array(partitionProduceData), '0+'),
})

/** ProduceRequest. */
export const produceRequest = message({
  name: 'ProduceRequest',
  type: 'request',
  apiKey: 0,
  listeners: ['broker'],
  validVersions: '3-13',
  flexibleVersions: '9+',
  fields: {
    transactionalId: f(nullable(string), '3+', { default: null, entityType: 'transactionalId' }),
    acks: f(int16, '0+'),
    timeoutMs: f(int32, '0+'),
    topicData: f(array(topicProduceData), '0+'),
  },
})

export interface ProduceRequest extends MessageOf<typeof produceRequest> {}

export interface ProduceRequestPartitionProduceData extends StructOf<typeof partitionProduceData> {}

export interface ProduceRequestTopicProduceData extends StructOf<typeof topicProduceData> {}
