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
  uuid,
} from '../table/index.ts'

const deletableTopicResult = struct('DeletableTopicResult', {
  name: f(nullable(string, '6+'), '0+', { mapKey: true, entityType: 'topicName' }),
  topicId: f(uuid, '6+', 'Id of the topic.', { ignorable: true }),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '5+', 'What went wrong, for people; null when nothing did.', {
    default: null,
    ignorable: true,
  }),
})

/** Answers DeleteTopicsRequest. */
export const deleteTopicsResponse = message({
  name: 'DeleteTopicsResponse',
  type: 'response',
  apiKey: 20,
  validVersions: '1-6',
  flexibleVersions: '4+',
  fields: {
    throttleTimeMs: f(int32, '1+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    responses: f(array(deletableTopicResult), '0+', 'Answers by topic.'),
  },
})

export interface DeleteTopicsResponse extends MessageOf<typeof deleteTopicsResponse> {}

export interface DeleteTopicsResponseDeletableTopicResult extends StructOf<typeof deletableTopicResult> {}
