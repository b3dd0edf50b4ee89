import { array, f, int32, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const describeShareGroupOffsetsRequestTopic = struct('DescribeShareGroupOffsetsRequestTopic', {
  topicName: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(int32), '0+'),
})

const describeShareGroupOffsetsRequestGroup = struct('DescribeShareGroupOffsetsRequestGroup', {
  groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
  topics: f(nullable(array(describeShareGroupOffsetsRequestTopic)), '0+'),
})

/** Asks where share groups begin to read. */
export const describeShareGroupOffsetsRequest = message({
  name: 'DescribeShareGroupOffsetsRequest',
  type: 'request',
  apiKey: 90,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groups: f(array(describeShareGroupOffsetsRequestGroup), '0+'),
  },
})

export interface DescribeShareGroupOffsetsRequest extends MessageOf<typeof describeShareGroupOffsetsRequest> {}

export interface DescribeShareGroupOffsetsRequestTopic extends StructOf<typeof describeShareGroupOffsetsRequestTopic> {}

export interface DescribeShareGroupOffsetsRequestGroup extends StructOf<typeof describeShareGroupOffsetsRequestGroup> {}
