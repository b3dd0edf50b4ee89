import { array, bool, f, int32, int64, type MessageOf, message, nullable, uuid } from '../table/index.ts'

/** Keeps a broker registered, and asks to be unfenced or to stop. */
export const brokerHeartbeatRequest = message({
  name: 'BrokerHeartbeatRequest',
  type: 'request',
  apiKey: 63,
  listeners: ['controller'],
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', 'Node id of the broker.', { entityType: 'brokerId' }),
    brokerEpoch: f(int64, '0+', 'Epoch of the registration of the broker, -1 when unknown.', { default: -1 }),
    currentMetadataOffset: f(int64, '0+', 'Offset of the metadata log that the broker has replayed.'),
    wantFence: f(bool, '0+', 'Whether the broker asks to be fenced.'),
    wantShutDown: f(bool, '0+', 'Whether the broker asks to stop once its leaderships have moved.'),
    offlineLogDirs: f(array(uuid), '1+', 'Ids of directories that have failed.', { tag: 0 }),
    cordonedLogDirs: f(nullable(array(uuid)), '2+', 'Ids of directories that take no new replicas.', {
      default: null,
      tag: 1,
    }),
  },
})

export interface BrokerHeartbeatRequest extends MessageOf<typeof brokerHeartbeatRequest> {}
