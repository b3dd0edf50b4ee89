import { array, f, int32, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const listPartitionReassignmentsTopics = struct('ListPartitionReassignmentsTopics', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitionIndexes: f(array(int32), '0+', 'Numbers of partitions, from 0.'),
})

/** Lists the reassignments under way. */
export const listPartitionReassignmentsRequest = message({
  name: 'ListPartitionReassignmentsRequest',
  type: 'request',
  apiKey: 46,
  listeners: ['broker', 'controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    timeoutMs: f(int32, '0+', 'Milliseconds the broker may take.', { default: 60000 }),
    topics: f(nullable(array(listPartitionReassignmentsTopics)), '0+', { default: null }),
  },
})

export interface ListPartitionReassignmentsRequest extends MessageOf<typeof listPartitionReassignmentsRequest> {}

export interface ListPartitionReassignmentsRequestTopics extends StructOf<typeof listPartitionReassignmentsTopics> {}
