import {
  array,
  bool,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const describeLogDirsPartition = struct('DescribeLogDirsPartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  partitionSize: f(int64, '0+', 'Bytes of the segments on this disk.'),
  offsetLag: f(
    int64,
    '0+',
    'How far the replica is behind: behind the high watermark, or the copy behind the original.',
  ),
  isFutureKey: f(bool, '0+', 'Whether the replica is being moved into this directory.'),
})

const describeLogDirsTopic = struct('DescribeLogDirsTopic', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(describeLogDirsPartition), '0+'),
})

const describeLogDirsResult = struct('DescribeLogDirsResult', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  logDir: f(string, '0+'),
  topics: f(array(describeLogDirsTopic), '0+'),
  totalBytes: f(int64, '4+', 'Size of the volume in bytes, -1 when unknown.', { default: -1, ignorable: true }),
  usableBytes: f(int64, '4+', 'Free bytes of the volume, -1 when unknown.', { default: -1, ignorable: true }),
  isCordoned: f(bool, '5+', { ignorable: true }),
})

/** Answers DescribeLogDirsRequest. */
export const describeLogDirsResponse = message({
  name: 'DescribeLogDirsResponse',
  type: 'response',
  apiKey: 35,
  validVersions: '1-5',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '3+', 'Kafka error code, 0 for none.', { ignorable: true }),
    results: f(array(describeLogDirsResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface DescribeLogDirsResponse extends MessageOf<typeof describeLogDirsResponse> {}

export interface DescribeLogDirsResponsePartition extends StructOf<typeof describeLogDirsPartition> {}

export interface DescribeLogDirsResponseTopic extends StructOf<typeof describeLogDirsTopic> {}

export interface DescribeLogDirsResponseResult extends StructOf<typeof describeLogDirsResult> {}
