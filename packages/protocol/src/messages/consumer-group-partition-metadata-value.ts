import { array, f, int32, type MessageOf, message, type StructOf, string, struct, uuid } from '../table/index.ts'

const partitionMetadata = struct('PartitionMetadata', {
  partition: f(int32, '0+'),
  racks: f(array(string), '0+'),
})

const topicMetadata = struct('TopicMetadata', {
  topicId: f(uuid, '0+'),
  topicName: f(string, '0+'),
  numPartitions: f(int32, '0+'),
  partitionMetadata: f(array(partitionMetadata), '0+'),
})

/** ConsumerGroupPartitionMetadataValue. */
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
