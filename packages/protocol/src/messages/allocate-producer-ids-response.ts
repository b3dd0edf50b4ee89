import { exactInt64, f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** Answers AllocateProducerIdsRequest. */
export const allocateProducerIdsResponse = message({
  name: 'AllocateProducerIdsResponse',
  type: 'response',
  apiKey: 67,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    producerIdStart: f(exactInt64, '0+', 'First id of the block.', { entityType: 'producerId' }),
    producerIdLen: f(int32, '0+', 'Count of ids in the block.'),
  },
})

export interface AllocateProducerIdsResponse extends MessageOf<typeof allocateProducerIdsResponse> {}
