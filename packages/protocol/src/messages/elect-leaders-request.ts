import {
  array,
  f,
  int8,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const topicPartitions = struct('TopicPartitions', {
  topic: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(int32), '0+'),
})

/** Elects the preferred replicas, or any that is left, as leaders. */
export const electLeadersRequest = message({
  name: 'ElectLeadersRequest',
  type: 'request',
  apiKey: 43,
  listeners: ['broker', 'controller'],
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    electionType: f(int8, '1+'),
    topicPartitions: f(nullable(array(topicPartitions)), '0+', 'Partitions by topic.'),
    timeoutMs: f(int32, '0+', 'Milliseconds the broker may take.', { default: 60000 }),
  },
})

export interface ElectLeadersRequest extends MessageOf<typeof electLeadersRequest> {}

export interface ElectLeadersRequestTopicPartitions extends StructOf<typeof topicPartitions> {}
