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
  host: f(string, '0+'),
  port: f(uint16, '0+'),
  securityProtocol: f(int16, '0+'),
})

const feature = struct('Feature', {
  name: f(string, '0+', { mapKey: true }),
  minSupportedVersion: f(int16, '0+'),
  maxSupportedVersion: f(int16, '0+'),
})

/** BrokerRegistrationRequest. */
export const brokerRegistrationRequest = message({
  name: 'BrokerRegistrationRequest',
  type: 'request',
  apiKey: 62,
  listeners: ['controller'],
  validVersions: '0-4',
  flexibleVersions: '0+',
  fields: {
    brokerId: f(int32, '0+', { entityType: 'brokerId' }),
    clusterId: f(string, '0+'),
    incarnationId: f(uuid, '0+'),
    listeners: f(array(listener), '0+'),
    features: f(array(feature), '0+'),
    rack: f(nullable(string), '0+'),
    isMigratingZkBroker: f(bool, '1+'),
    logDirs: f(array(uuid), '2+', { ignorable: true }),
    previousBrokerEpoch: f(int64, '3+', { default: -1, ignorable: true }),
  },
})

export interface BrokerRegistrationRequest extends MessageOf<typeof brokerRegistrationRequest> {}

export interface BrokerRegistrationRequestListener extends StructOf<typeof listener> {}

export interface BrokerRegistrationRequestFeature extends StructOf<typeof feature> {}
