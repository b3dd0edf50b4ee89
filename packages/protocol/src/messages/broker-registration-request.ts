import {
  array,
  bool,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uint16,
  uuid,
} from '../table/index.ts'

const listener = struct('Listener', {
  name: f(string, '0+', { mapKey: true }),
  host: f(string, '0+', 'Host name or address.'),
  port: f(uint16, '0+', 'TCP port.'),
  securityProtocol: f(int16, '0+', '0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.'),
})

const feature = struct('Feature', {
  name: f(string, '0+', { mapKey: true }),
  minSupportedVersion: f(int16, '0+', 'Oldest version, included.'),
  maxSupportedVersion: f(int16, '0+', 'Newest version, included.'),
})

/** Registers a broker with the controller. */
export const brokerRegistrationRequest = message({
  name: 'BrokerRegistrationRequest',
  type: 'request',
  apiKey: 62,
  listeners: ['controller'],
  validVersions: '0-4',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', 'Node id of the broker.', { entityType: 'brokerId' }),
    clusterId: f(string, '0+', 'Id of the cluster, or null.'),
    incarnationId: f(uuid, '0+', 'Id of this run of the process.'),
    listeners: f(array(listener), '0+', 'Where the node listens.'),
    features: f(array(feature), '0+'),
    rack: f(nullable(string), '0+', 'Rack, or null.'),
    isMigratingZkBroker: f(bool, '1+', 'A leftover of the migration from ZooKeeper.'),
    logDirs: f(array(uuid), '2+', 'Directories of the logs.', { ignorable: true }),
    previousBrokerEpoch: f(int64, '3+', 'Epoch before the broker stopped, -1 when unknown; proves a clean stop.', {
      default: -1,
      ignorable: true,
    }),
  },
})

export interface BrokerRegistrationRequest extends MessageOf<typeof brokerRegistrationRequest> {}

export interface BrokerRegistrationRequestListener extends StructOf<typeof listener> {}

export interface BrokerRegistrationRequestFeature extends StructOf<typeof feature> {}
