import { array, f, int32, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const topicRequest = struct('TopicRequest', {
  name: f(string, '0+', { entityType: 'topicName' }),
})

const cursor = struct('Cursor', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitionIndex: f(int32, '0+'),
})

/** DescribeTopicPartitionsRequest. */
export const describeTopicPartitionsRequest = message({
  name: 'DescribeTopicPartitionsRequest',
  type: 'request',
  apiKey: 75,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topics: f(array(topicRequest), '0+'),
    responsePartitionLimit: f(int32, '0+', { default: 2000 }),
    cursor: f(nullable(cursor), '0+', { default: null }),
  },
})

export interface DescribeTopicPartitionsRequest extends MessageOf<typeof describeTopicPartitionsRequest> {}

export interface DescribeTopicPartitionsRequestTopicRequest extends StructOf<typeof topicRequest> {}

export interface DescribeTopicPartitionsRequestCursor extends StructOf<typeof cursor> {}
