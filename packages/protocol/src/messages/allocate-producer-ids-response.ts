import { exactInt64, f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** AllocateProducerIdsResponse. */
export const allocateProducerIdsResponse = message({
  name: 'AllocateProducerIdsResponse',
  type: 'response',
  apiKey: 67,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    producerIdStart: f(exactInt64, '0+', { entityType: 'producerId' }),
    producerIdLen: f(int32, '0+'),
  },
})

export interface AllocateProducerIdsResponse extends MessageOf<typeof allocateProducerIdsResponse> {}
