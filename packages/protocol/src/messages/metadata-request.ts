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
  topicId: f(uuid, '10+', { ignorable: true }),
  name: f(nullable(string, '10+'), '0+', { entityType: 'topicName' }),
})

/** MetadataRequest. */
export const metadataRequest = message({
  name: 'MetadataRequest',
  type: 'request',
  apiKey: 3,
  listeners: ['broker'],
  validVersions: '0-13',
  flexibleVersions: '9+',
  fields: {
    topics: f(nullable(array(metadataRequestTopic), '1+'), '0+'),
    allowAutoTopicCreation: f(bool, '4+', { default: true }),
    includeClusterAuthorizedOperations: f(bool, '8-10'),
    includeTopicAuthorizedOperations: f(bool, '8+'),
  },
})

export interface MetadataRequest extends MessageOf<typeof metadataRequest> {}

export interface MetadataRequestTopic extends StructOf<typeof metadataRequestTopic> {}
