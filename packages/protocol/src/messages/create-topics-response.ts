import {
  array,
  bool,
  f,
  int8,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const creatableTopicConfigs = struct('CreatableTopicConfigs', {
  name: f(string, '5+'),
  value: f(nullable(string), '5+'),
  readOnly: f(bool, '5+'),
  configSource: f(int8, '5+', { default: -1, ignorable: true }),
  isSensitive: f(bool, '5+'),
})

const creatableTopicResult = struct('CreatableTopicResult', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '7+', { ignorable: true }),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '1+', { ignorable: true }),
  topicConfigErrorCode: f(int16, '5+', { tag: 0, ignorable: true }),
  numPartitions: f(int32, '5+', { default: -1, ignorable: true }),
  replicationFactor: f(int16, '5+', { default: -1, ignorable: true }),
  configs: f(nullable(array(creatableTopicConfigs)), '5+', { ignorable: true }),
})

/** CreateTopicsResponse. */
export const createTopicsResponse = message({
  name: 'CreateTopicsResponse',
  type: 'response',
  apiKey: 19,
  validVersions: '2-7',
  flexibleVersions: '5+',
  fields: {
    throttleTimeMs: f(int32, '2+', { ignorable: true }),
    topics: f(array(creatableTopicResult), '0+'),
  },
})

export interface CreateTopicsResponse extends MessageOf<typeof createTopicsResponse> {}

export interface CreateTopicsResponseCreatableTopicConfigs extends StructOf<typeof creatableTopicConfigs> {}

export interface CreateTopicsResponseCreatableTopicResult extends StructOf<typeof creatableTopicResult> {}
