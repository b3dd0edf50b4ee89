import { array, f, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const topicRequest = struct('TopicRequest', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitionIndexes: f(array(int32), '0+', 'Numbers of partitions, from 0.'),
})

/** Asks for the producers active in partitions. */
export const describeProducersRequest = message({
  name: 'DescribeProducersRequest',
  type: 'request',
  apiKey: 61,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topics: f(array(topicRequest), '0+'),
  },
})

export interface DescribeProducersRequest extends MessageOf<typeof describeProducersRequest> {}

export interface DescribeProducersRequestTopicRequest extends StructOf<typeof topicRequest> {}
