import { array, bool, f, int32, int64, type MessageOf, message, nullable, uuid } from '../table/index.ts'

/** BrokerHeartbeatRequest. */
export const brokerHeartbeatRequest = message({
  name: 'BrokerHeartbeatRequest',
  type: 'request',
  apiKey: 63,
  listeners: ['controller'],
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', { default: -1 }),
    currentMetadataOffset: f(int64, '0+'),
    wantFence: f(bool, '0+'),
    wantShutDown: f(bool, '0+'),
    offlineLogDirs: f(array(uuid), '1+', { tag: 0 }),
    cordonedLogDirs: f(nullable(array(uuid)), '2+', { default: null, tag: 1 }),
  },
})

export interface BrokerHeartbeatRequest extends MessageOf<typeof brokerHeartbeatRequest> {}
