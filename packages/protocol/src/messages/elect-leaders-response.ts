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

const partitionResult = struct('PartitionResult', {
  partitionId: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
})

const replicaElectionResult = struct('ReplicaElectionResult', {
  topic: f(string, '0+', { entityType: 'topicName' }),
  partitionResult: f(array(partitionResult), '0+'),
})

/** Answers ElectLeadersRequest. */
export const electLeadersResponse = message({
  name: 'ElectLeadersResponse',
  type: 'response',
  apiKey: 43,
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '1+', 'Kafka error code, 0 for none.'),
    replicaElectionResults: f(array(replicaElectionResult), '0+'),
  },
})

export interface ElectLeadersResponse extends MessageOf<typeof electLeadersResponse> {}

export interface ElectLeadersResponsePartitionResult extends StructOf<typeof partitionResult> {}

export interface ElectLeadersResponseReplicaElectionResult extends StructOf<typeof replicaElectionResult> {}
