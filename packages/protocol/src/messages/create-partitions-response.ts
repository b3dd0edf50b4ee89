import {
  array,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const createPartitionsTopicResult = struct('CreatePartitionsTopicResult', {
  name: f(string, '0+', { entityType: 'topicName' }),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
})

/** Answers CreatePartitionsRequest. */
export const createPartitionsResponse = message({
  name: 'CreatePartitionsResponse',
  type: 'response',
  apiKey: 37,
  validVersions: '0-3',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    results: f(array(createPartitionsTopicResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface CreatePartitionsResponse extends MessageOf<typeof createPartitionsResponse> {}

export interface CreatePartitionsResponseTopicResult extends StructOf<typeof createPartitionsTopicResult> {}
