import { f, int32, int64, type MessageOf, message } from '../table/index.ts'

/** Removes a broker from the cluster. */
export const unregisterBrokerRecord = message({
  name: 'UnregisterBrokerRecord',
  type: 'metadata',
  apiKey: 1,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', 'Node id of the broker.', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', 'Epoch of the registration of the broker, -1 when unknown.'),
  },
})

export interface UnregisterBrokerRecord extends MessageOf<typeof unregisterBrokerRecord> {}
