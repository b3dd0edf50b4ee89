import {
  array,
  bool,
  f,
  int16,
  int32,
  type MessageOf,
  message,
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

/** Registers a controller with the active one. */
export const controllerRegistrationRequest = message({
  name: 'ControllerRegistrationRequest',
  type: 'request',
  apiKey: 70,
  listeners: ['controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    controllerId: f(int32, '0+', 'Node id of the controller, -1 when there is none.'),
    incarnationId: f(uuid, '0+', 'Id of this run of the process.'),
    zkMigrationReady: f(bool, '0+', 'A leftover of the migration from ZooKeeper.'),
    listeners: f(array(listener), '0+', 'Where the node listens.'),
    features: f(array(feature), '0+'),
  },
})

export interface ControllerRegistrationRequest extends MessageOf<typeof controllerRegistrationRequest> {}

export interface ControllerRegistrationRequestListener extends StructOf<typeof listener> {}

export interface ControllerRegistrationRequestFeature extends StructOf<typeof feature> {}
