import { f, int32, int64, type MessageOf, message } from '../table/index.ts'

/** UnregisterBrokerRecord. */
export const unregisterBrokerRecord = message({
  name: 'UnregisterBrokerRecord',
  type: 'metadata',
  apiKey: 1,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+'),
  },
})

export interface UnregisterBrokerRecord extends MessageOf<typeof unregisterBrokerRecord> {}
