import {
  array,
  bool,
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

const creatableReplicaAssignment = struct('CreatableReplicaAssignment', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.', { mapKey: true }),
  brokerIds: f(array(int32), '0+', { entityType: 'brokerId' }),
})

const creatableTopicConfig = struct('CreatableTopicConfig', {
  name: f(string, '0+', { mapKey: true }),
  value: f(nullable(string), '0+'),
})

const creatableTopic = struct('CreatableTopic', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  numPartitions: f(int32, '0+', 'Count of partitions; -1 lets the broker, or the assignments, decide.'),
  replicationFactor: f(int16, '0+', 'Count of replicas; -1 lets the broker, or the assignments, decide.'),
  assignments: f(array(creatableReplicaAssignment), '0+', 'Replicas by partition; empty when the broker places them.'),
  configs: f(array(creatableTopicConfig), '0+', 'Configuration keys and values.'),
})

/** Creates topics. v4 lets the broker choose counts (-1); v5 answers with the configuration; v7 with the topic id. */
export const createTopicsRequest = message({
  name: 'CreateTopicsRequest',
  type: 'request',
  apiKey: 19,
  listeners: ['broker', 'controller'],
  validVersions: '2-7',
  flexibleVersions: '5+',
  fields: {
    topics: f(array(creatableTopic), '0+'),
    timeoutMs: f(int32, '0+', 'Milliseconds the broker may take.', { default: 60000 }),
    validateOnly: f(bool, '1+', 'Check the request and change nothing.'),
  },
})

export interface CreateTopicsRequest extends MessageOf<typeof createTopicsRequest> {}

export interface CreateTopicsRequestCreatableReplicaAssignment extends StructOf<typeof creatableReplicaAssignment> {}

export interface CreateTopicsRequestCreatableTopicConfig extends StructOf<typeof creatableTopicConfig> {}

export interface CreateTopicsRequestCreatableTopic extends StructOf<typeof creatableTopic> {}
