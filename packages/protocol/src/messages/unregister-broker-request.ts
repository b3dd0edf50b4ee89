import { f, int32, type MessageOf, message } from '../table/index.ts'

/** Removes a broker from the cluster. */
export const unregisterBrokerRequest = message({
  name: 'UnregisterBrokerRequest',
  type: 'request',
  apiKey: 64,
  listeners: ['broker', 'controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', 'Node id of the broker.', { entityType: 'brokerId' }),
  },
})

export interface UnregisterBrokerRequest extends MessageOf<typeof unregisterBrokerRequest> {}
