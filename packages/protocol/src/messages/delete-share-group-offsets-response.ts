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

const deleteShareGroupOffsetsResponseTopic = struct('DeleteShareGroupOffsetsResponseTopic', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  topicId: f(uuid, '0+', 'Id of the topic.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
})

/** Answers DeleteShareGroupOffsetsRequest. */
export const deleteShareGroupOffsetsResponse = message({
  name: 'DeleteShareGroupOffsetsResponse',
  type: 'response',
  apiKey: 92,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
    responses: f(array(deleteShareGroupOffsetsResponseTopic), '0+', 'Answers by topic.'),
  },
})

export interface DeleteShareGroupOffsetsResponse extends MessageOf<typeof deleteShareGroupOffsetsResponse> {}

export interface DeleteShareGroupOffsetsResponseTopic extends StructOf<typeof deleteShareGroupOffsetsResponseTopic> {}
