import {
  array,
  bool,
  f,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const metadataRequestTopic = struct('MetadataRequestTopic', {
  topicId: f(uuid, '10+', 'Id of the topic.', { ignorable: true }),
  name: f(nullable(string, '10+'), '0+', { entityType: 'topicName' }),
})

/**
 * Asks for brokers, topics, partitions and leaders. v1 tells no topics from all topics (null); v4 may forbid to
 * create; v10 brings topic ids, and v12 lets a topic be asked for by id.
 */
export const metadataRequest = message({
  name: 'MetadataRequest',
  type: 'request',
  apiKey: 3,
  listeners: ['broker'],
  validVersions: '0-13',
  flexibleVersions: '9+',
  fields: {
    topics: f(nullable(array(metadataRequestTopic), '1+'), '0+'),
    allowAutoTopicCreation: f(bool, '4+', 'Whether the broker may create a topic that does not exist.', {
      default: true,
    }),
    includeClusterAuthorizedOperations: f(
      bool,
      '8-10',
      'Whether to name the operations that the caller may do on the cluster.',
    ),
    includeTopicAuthorizedOperations: f(
      bool,
      '8+',
      'Whether to name the operations that the caller may do on each topic.',
    ),
  },
})

export interface MetadataRequest extends MessageOf<typeof metadataRequest> {}

export interface MetadataRequestTopic extends StructOf<typeof metadataRequestTopic> {}
