import { array, f, int32, type MessageOf, message, type StructOf, string, struct, uuid } from '../table/index.ts'

const partitionData = struct('PartitionData', {
  partition: f(int32, '0+', 'Number of the partition, from 0.'),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.'),
})

const readStateSummaryData = struct('ReadStateSummaryData', {
  topicId: f(uuid, '0+', 'Id of the topic.'),
  partitions: f(array(partitionData), '0+'),
})

/** Reads the start offsets of share partitions from the share coordinator. */
export const readShareGroupStateSummaryRequest = message({
  name: 'ReadShareGroupStateSummaryRequest',
  type: 'request',
  apiKey: 87,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    groupId: f(string, '0+', 'Id of the group.'),
    topics: f(array(readStateSummaryData), '0+'),
  },
})

export interface ReadShareGroupStateSummaryRequest extends MessageOf<typeof readShareGroupStateSummaryRequest> {}

export interface ReadShareGroupStateSummaryRequestPartitionData extends StructOf<typeof partitionData> {}

export interface ReadShareGroupStateSummaryRequestStateSummaryData extends StructOf<typeof readStateSummaryData> {}
