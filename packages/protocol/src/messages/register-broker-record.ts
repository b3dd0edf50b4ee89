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
  host: f(string, '0+'),
  port: f(uint16, '0+'),
  securityProtocol: f(int16, '0+'),
})

const brokerFeature = struct('BrokerFeature', {
  name: f(string, '0+', { mapKey: true }),
  minSupportedVersion: f(int16, '0+'),
  maxSupportedVersion: f(int16, '0+'),
})

/** RegisterBrokerRecord. */
export const registerBrokerRecord = message({
  name: 'RegisterBrokerRecord',
  type: 'metadata',
  apiKey: 0,
  validVersions: '0-4',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', { entityType: 'brokerId' }),
    isMigratingZkBroker: f(bool, '2+'),
    incarnationId: f(uuid, '0+'),
    brokerEpoch: f(int64, '0+'),
    endPoints: f(array(brokerEndpoint), '0+'),
    features: f(array(brokerFeature), '0+'),
    rack: f(nullable(string), '0+'),
    fenced: f(bool, '0+', { default: true }),
    inControlledShutdown: f(bool, '1+'),
    logDirs: f(array(uuid), '3+', { tag: 0 }),
    cordonedLogDirs: f(nullable(array(uuid)), '4+', { default: null, tag: 1 }),
  },
})

export interface RegisterBrokerRecord extends MessageOf<typeof registerBrokerRecord> {}

export interface RegisterBrokerRecordBrokerEndpoint extends StructOf<typeof brokerEndpoint> {}

export interface RegisterBrokerRecordBrokerFeature extends StructOf<typeof brokerFeature> {}
