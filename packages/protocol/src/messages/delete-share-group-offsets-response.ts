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
  topicId: f(uuid, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', { default: null }),
})

/** DeleteShareGroupOffsetsResponse. */
export const deleteShareGroupOffsetsResponse = message({
  name: 'DeleteShareGroupOffsetsResponse',
  type: 'response',
  apiKey: 92,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', { default: null }),
    responses: f(array(deleteShareGroupOffsetsResponseTopic), '0+'),
  },
})

export interface DeleteShareGroupOffsetsResponse extends MessageOf<typeof deleteShareGroupOffsetsResponse> {}

export interface DeleteShareGroupOffsetsResponseTopic extends StructOf<typeof deleteShareGroupOffsetsResponseTopic> {}
