import { array, f, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const alterReplicaLogDirPartitionResult = struct('AlterReplicaLogDirPartitionResult', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
})

const alterReplicaLogDirTopicResult = struct('AlterReplicaLogDirTopicResult', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(alterReplicaLogDirPartitionResult), '0+'),
})

/** Answers AlterReplicaLogDirsRequest. */
export const alterReplicaLogDirsResponse = message({
  name: 'AlterReplicaLogDirsResponse',
  type: 'response',
  apiKey: 34,
  validVersions: '1-2',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    results: f(array(alterReplicaLogDirTopicResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface AlterReplicaLogDirsResponse extends MessageOf<typeof alterReplicaLogDirsResponse> {}

export interface AlterReplicaLogDirsResponseDirPartitionResult
  extends StructOf<typeof alterReplicaLogDirPartitionResult> {}

export interface AlterReplicaLogDirsResponseDirTopicResult extends StructOf<typeof alterReplicaLogDirTopicResult> {}
