import {
  array,
  bool,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const createPartitionsAssignment = struct('CreatePartitionsAssignment', {
  brokerIds: f(array(int32), '0+', { entityType: 'brokerId' }),
})

const createPartitionsTopic = struct('CreatePartitionsTopic', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  count: f(int32, '0+'),
  assignments: f(
    nullable(array(createPartitionsAssignment)),
    '0+',
    'Replicas of each new partition, null when the broker places them.',
  ),
})

/** Raises the count of partitions of topics. */
export const createPartitionsRequest = message({
  name: 'CreatePartitionsRequest',
  type: 'request',
  apiKey: 37,
  listeners: ['broker', 'controller'],
  validVersions: '0-3',
  flexibleVersions: '2+',
  fields: {
    topics: f(array(createPartitionsTopic), '0+'),
    timeoutMs: f(int32, '0+', 'Milliseconds the broker may take.'),
    validateOnly: f(bool, '0+', 'Check the request and change nothing.'),
  },
})

export interface CreatePartitionsRequest extends MessageOf<typeof createPartitionsRequest> {}

export interface CreatePartitionsRequestAssignment extends StructOf<typeof createPartitionsAssignment> {}

export interface CreatePartitionsRequestTopic extends StructOf<typeof createPartitionsTopic> {}
