import {
  array,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const deleteTopicState = struct('DeleteTopicState', {
  name: f(nullable(string), '6+', { default: null, entityType: 'topicName' }),
  topicId: f(uuid, '6+', 'Id of the topic.'),
})

/** Deletes topics, by name or, since v6, by id. */
export const deleteTopicsRequest = message({
  name: 'DeleteTopicsRequest',
  type: 'request',
  apiKey: 20,
  listeners: ['broker', 'controller'],
  validVersions: '1-6',
  flexibleVersions: '4+',
  fields: {
    topics: f(array(deleteTopicState), '6+'),
    topicNames: f(array(string), '0-5', { ignorable: true, entityType: 'topicName' }),
    timeoutMs: f(int32, '0+', 'Milliseconds the broker may take.'),
  },
})

export interface DeleteTopicsRequest extends MessageOf<typeof deleteTopicsRequest> {}

export interface DeleteTopicsRequestTopicState extends StructOf<typeof deleteTopicState> {}
