import { array, f, int32, int64, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const deleteRecordsPartition = struct('DeleteRecordsPartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.'),
  offset: f(int64, '0+'),
})

const deleteRecordsTopic = struct('DeleteRecordsTopic', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(deleteRecordsPartition), '0+'),
})

/** Raises the first offset of partitions. */
export const deleteRecordsRequest = message({
  name: 'DeleteRecordsRequest',
  type: 'request',
  apiKey: 21,
  listeners: ['broker'],
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    topics: f(array(deleteRecordsTopic), '0+'),
    timeoutMs: f(int32, '0+', 'Milliseconds the broker may take.'),
  },
})

export interface DeleteRecordsRequest extends MessageOf<typeof deleteRecordsRequest> {}

export interface DeleteRecordsRequestPartition extends StructOf<typeof deleteRecordsPartition> {}

export interface DeleteRecordsRequestTopic extends StructOf<typeof deleteRecordsTopic> {}
