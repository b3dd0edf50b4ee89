import { f, int32, type MessageOf, message } from '../table/index.ts'

/** UnregisterBrokerRequest. */
export const unregisterBrokerRequest = message({
  name: 'UnregisterBrokerRequest',
  type: 'request',
  apiKey: 64,
  listeners: ['broker', 'controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', { entityType: 'brokerId' }),
  },
})

export interface UnregisterBrokerRequest extends MessageOf<typeof unregisterBrokerRequest> {}
