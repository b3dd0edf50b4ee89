import { array, f, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
})

const topicData = struct('TopicData', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(partitionData), '0+'),
})

/** Asks for leader, voters and observers of the metadata quorum. */
export const describeQuorumRequest = message({
  name: 'DescribeQuorumRequest',
  type: 'request',
  apiKey: 55,
  listeners: ['broker', 'controller'],
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    topics: f(array(topicData), '0+'),
  },
})

export interface DescribeQuorumRequest extends MessageOf<typeof describeQuorumRequest> {}

export interface DescribeQuorumRequestPartitionData extends StructOf<typeof partitionData> {}

export interface DescribeQuorumRequestTopicData extends StructOf<typeof topicData> {}
