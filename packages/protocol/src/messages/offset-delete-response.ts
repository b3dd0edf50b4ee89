import { array, f, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const offsetDeleteResponsePartition = struct('OffsetDeleteResponsePartition', {
  partitionIndex: f(int32, '0+', 'Number of the partition, from 0.', { mapKey: true }),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
})

const offsetDeleteResponseTopic = struct('OffsetDeleteResponseTopic', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(offsetDeleteResponsePartition), '0+'),
})

/** Answers OffsetDeleteRequest. */
export const offsetDeleteResponse = message({
  name: 'OffsetDeleteResponse',
  type: 'response',
  apiKey: 47,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    topics: f(array(offsetDeleteResponseTopic), '0+'),
  },
})

export interface OffsetDeleteResponse extends MessageOf<typeof offsetDeleteResponse> {}

export interface OffsetDeleteResponsePartition extends StructOf<typeof offsetDeleteResponsePartition> {}

export interface OffsetDeleteResponseTopic extends StructOf<typeof offsetDeleteResponseTopic> {}
