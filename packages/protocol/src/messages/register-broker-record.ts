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

const brokerEndpoint = struct('BrokerEndpoint', {
  name: f(string, '0+', { mapKey: true }),
  host: f(string, '0+', 'Host name or address.'),
  port: f(uint16, '0+', 'TCP port.'),
  securityProtocol: f(int16, '0+', '0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.'),
})

const brokerFeature = struct('BrokerFeature', {
  name: f(string, '0+', { mapKey: true }),
  minSupportedVersion: f(int16, '0+', 'Oldest version, included.'),
  maxSupportedVersion: f(int16, '0+', 'Newest version, included.'),
})

/** A broker has registered. */
export const registerBrokerRecord = message({
  name: 'RegisterBrokerRecord',
  type: 'metadata',
  apiKey: 0,
  validVersions: '0-4',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', 'Node id of the broker.', { entityType: 'brokerId' }),
    isMigratingZkBroker: f(bool, '2+', 'A leftover of the migration from ZooKeeper.'),
    incarnationId: f(uuid, '0+', 'Id of this run of the process.'),
    brokerEpoch: f(int64, '0+', 'Epoch of the registration of the broker, -1 when unknown.'),
    endPoints: f(array(brokerEndpoint), '0+', 'Where the node listens.'),
    features: f(array(brokerFeature), '0+'),
    rack: f(nullable(string), '0+', 'Rack, or null.'),
    fenced: f(bool, '0+', 'Whether the broker begins fenced.', { default: true }),
    inControlledShutdown: f(bool, '1+', 'Whether the broker has asked to stop.'),
    logDirs: f(array(uuid), '3+', 'Directories of the logs.', { tag: 0 }),
    cordonedLogDirs: f(nullable(array(uuid)), '4+', 'Ids of directories that take no new replicas.', {
      default: null,
      tag: 1,
    }),
  },
})

export interface RegisterBrokerRecord extends MessageOf<typeof registerBrokerRecord> {}

export interface RegisterBrokerRecordBrokerEndpoint extends StructOf<typeof brokerEndpoint> {}

export interface RegisterBrokerRecordBrokerFeature extends StructOf<typeof brokerFeature> {}
