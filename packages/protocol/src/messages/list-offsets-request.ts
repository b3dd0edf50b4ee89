import { array, f, int8, int32, int64, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const listOffsetsPartition = struct('ListOffsetsPartition', {
  partitionIndex: f(int32, '0+'),
  currentLeaderEpoch: f(int32, '4+', { default: -1, ignorable: true }),
  timestamp: f(int64, '0+'),
})

const listOffsetsTopic = struct('ListOffsetsTopic', {
  name: f(string, '0+', { entityType: 'topicName' }),
  partitions: f(array(listOffsetsPartition), '0+'),
})

/** ListOffsetsRequest. */
export const listOffsetsRequest = message({
  name: 'ListOffsetsRequest',
  type: 'request',
  apiKey: 2,
  listeners: ['broker'],
  validVersions: '1-11',
  flexibleVersions: '6+',
  fields: {
    replicaId: f(int32, '0+', { entityType: 'brokerId' }),
    isolationLevel: f(int8, '2+'),
    topics: f(array(listOffsetsTopic), '0+'),
    timeoutMs: f(int32, '10+', { ignorable: true }),
  },
})

export interface ListOffsetsRequest extends MessageOf<typeof listOffsetsRequest> {}

export interface ListOffsetsRequestPartition extends StructOf<typeof listOffsetsPartition> {}

export interface ListOffsetsRequestTopic extends StructOf<typeof listOffsetsTopic> {}
