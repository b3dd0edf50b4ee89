import { array, f, int32, type MessageOf, message, type StructOf, string, struct, uuid } from '../table/index.ts'

const partitionMetadata = struct('PartitionMetadata', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  racks: f(array(string), '0+'),
})

const topicMetadata = struct('TopicMetadata', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  topicName: f(string, '0+'),
  numPartitions: f(int32, '0+', 'Count of partitions; -1 lets the broker, or the assignments, decide.'),
  partitionMetadata: f(array(partitionMetadata), '0+'),
})

/** The topics of a consumer group; no longer written. */
export const consumerGroupPartitionMetadataValue = message({
  name: 'ConsumerGroupPartitionMetadataValue',
  type: 'coordinator-value',
  apiKey: 4,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    topics: f(array(topicMetadata), '0+'),
  },
})

export interface ConsumerGroupPartitionMetadataValue extends MessageOf<typeof consumerGroupPartitionMetadataValue> {}

export interface ConsumerGroupPartitionMetadataValuePartitionMetadata extends StructOf<typeof partitionMetadata> {}

export interface ConsumerGroupPartitionMetadataValueTopicMetadata extends StructOf<typeof topicMetadata> {}
