import { array, f, int32, type MessageOf, message, type StructOf, string, struct, uuid } from '../table/index.ts'

const topicPartitionsInfo = struct('TopicPartitionsInfo', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  topicName: f(string, '0+'),
  partitions: f(array(int32), '0+'),
})

const topicInfo = struct('TopicInfo', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  topicName: f(string, '0+'),
})

/** The partitions whose state a share group has created, or is about to. */
export const shareGroupStatePartitionMetadataValue = message({
  name: 'ShareGroupStatePartitionMetadataValue',
  type: 'coordinator-value',
  apiKey: 15,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    initializingTopics: f(array(topicPartitionsInfo), '0+'),
    initializedTopics: f(array(topicPartitionsInfo), '0+'),
    deletingTopics: f(array(topicInfo), '0+'),
  },
})

export interface ShareGroupStatePartitionMetadataValue
  extends MessageOf<typeof shareGroupStatePartitionMetadataValue> {}

export interface ShareGroupStatePartitionMetadataValueTopicPartitionsInfo
  extends StructOf<typeof topicPartitionsInfo> {}

export interface ShareGroupStatePartitionMetadataValueTopicInfo extends StructOf<typeof topicInfo> {}
