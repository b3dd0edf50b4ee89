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
  readOnly: f(bool, '5+', 'Whether it cannot be changed while the broker runs.'),
  configSource: f(
    int8,
    '5+',
    '1 topic, 2 broker, 3 default for brokers, 4 static file, 5 default, 6 broker logger, 7 client metrics, 8 group.',
    { default: -1, ignorable: true },
  ),
  isSensitive: f(bool, '5+', 'Whether the value is secret, and therefore null.'),
})

const creatableTopicResult = struct('CreatableTopicResult', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '7+', 'Id of the topic.', { ignorable: true }),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '1+', 'What went wrong, for people; null when nothing did.', { ignorable: true }),
  topicConfigErrorCode: f(int16, '5+', 'Error code about the configuration alone, when the caller may not see it.', {
    tag: 0,
    ignorable: true,
  }),
  numPartitions: f(int32, '5+', 'Count of partitions; -1 lets the broker, or the assignments, decide.', {
    default: -1,
    ignorable: true,
  }),
  replicationFactor: f(int16, '5+', 'Count of replicas; -1 lets the broker, or the assignments, decide.', {
    default: -1,
    ignorable: true,
  }),
  configs: f(nullable(array(creatableTopicConfigs)), '5+', 'Configuration keys and values.', { ignorable: true }),
})

/** Answers CreateTopicsRequest. */
export const createTopicsResponse = message({
  name: 'CreateTopicsResponse',
  type: 'response',
  apiKey: 19,
  validVersions: '2-7',
  flexibleVersions: '5+',
  fields: {
    throttleTimeMs: f(int32, '2+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    topics: f(array(creatableTopicResult), '0+'),
  },
})

export interface CreateTopicsResponse extends MessageOf<typeof createTopicsResponse> {}

export interface CreateTopicsResponseCreatableTopicConfigs extends StructOf<typeof creatableTopicConfigs> {}

export interface CreateTopicsResponseCreatableTopicResult extends StructOf<typeof creatableTopicResult> {}
