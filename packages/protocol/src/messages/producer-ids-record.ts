import { exactInt64, f, int32, int64, type MessageOf, message } from '../table/index.ts'

/** A block of producer ids has been handed to a broker. */
export const producerIdsRecord = message({
  name: 'ProducerIdsRecord',
  type: 'metadata',
  apiKey: 15,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', 'Node id of the broker.', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', 'Epoch of the registration of the broker, -1 when unknown.', { default: -1 }),
    nextProducerId: f(exactInt64, '0+', 'First id that has not been handed out.'),
  },
})

export interface ProducerIdsRecord extends MessageOf<typeof producerIdsRecord> {}
