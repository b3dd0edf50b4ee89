import { array, f, int32, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const topicRequest = struct('TopicRequest', {
  name: f(string, '0+', { entityType: 'topicName' }),
})

const cursor = struct('Cursor', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
})

/** Asks for topics page by page, with eligible leader replicas (KIP-966). */
export const describeTopicPartitionsRequest = message({
  name: 'DescribeTopicPartitionsRequest',
  type: 'request',
  apiKey: 75,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topics: f(array(topicRequest), '0+'),
    responsePartitionLimit: f(int32, '0+', 'Most partitions in one answer.', { default: 2000 }),
    cursor: f(nullable(cursor), '0+', 'Where to begin; null at the first page.', { default: null }),
  },
})

export interface DescribeTopicPartitionsRequest extends MessageOf<typeof describeTopicPartitionsRequest> {}

export interface DescribeTopicPartitionsRequestTopicRequest extends StructOf<typeof topicRequest> {}

export interface DescribeTopicPartitionsRequestCursor extends StructOf<typeof cursor> {}
