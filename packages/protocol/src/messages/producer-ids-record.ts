import { exactInt64, f, int32, int64, type MessageOf, message } from '../table/index.ts'

/** ProducerIdsRecord. */
export const producerIdsRecord = message({
  name: 'ProducerIdsRecord',
  type: 'metadata',
  apiKey: 15,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', { default: -1 }),
    nextProducerId: f(exactInt64, '0+'),
  },
})

export interface ProducerIdsRecord extends MessageOf<typeof producerIdsRecord> {}
