import { array, f, int32, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const describableLogDirTopic = struct('DescribableLogDirTopic', {
  topic: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(int32), '0+'),
})

/** Asks what lies in the directories of a broker. */
export const describeLogDirsRequest = message({
  name: 'DescribeLogDirsRequest',
  type: 'request',
  apiKey: 35,
  listeners: ['broker'],
  validVersions: '1-5',
  flexibleVersions: '2+',
  fields: {
    topics: f(nullable(array(describableLogDirTopic)), '0+'),
  },
})

export interface DescribeLogDirsRequest extends MessageOf<typeof describeLogDirsRequest> {}

export interface DescribeLogDirsRequestDescribableLogDirTopic extends StructOf<typeof describableLogDirTopic> {}
