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

const reassignablePartition = struct('ReassignablePartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  replicas: f(nullable(array(int32)), '0+', 'Node ids of the replicas, the preferred leader first.', {
    default: null,
    entityType: 'brokerId',
  }),
})

const reassignableTopic = struct('ReassignableTopic', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(reassignablePartition), '0+'),
})

/** Starts and cancels reassignments of replicas. */
export const alterPartitionReassignmentsRequest = message({
  name: 'AlterPartitionReassignmentsRequest',
  type: 'request',
  apiKey: 45,
  listeners: ['broker', 'controller'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    timeoutMs: f(int32, '0+', 'Milliseconds the broker may take.', { default: 60000 }),
    allowReplicationFactorChange: f(bool, '1+', { default: true }),
    topics: f(array(reassignableTopic), '0+'),
  },
})

export interface AlterPartitionReassignmentsRequest extends MessageOf<typeof alterPartitionReassignmentsRequest> {}

export interface AlterPartitionReassignmentsRequestReassignablePartition
  extends StructOf<typeof reassignablePartition> {}

export interface AlterPartitionReassignmentsRequestReassignableTopic extends StructOf<typeof reassignableTopic> {}
