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
  host: f(string, '0+'),
  port: f(uint16, '0+'),
  securityProtocol: f(int16, '0+'),
})

const feature = struct('Feature', {
  name: f(string, '0+', { mapKey: true }),
  minSupportedVersion: f(int16, '0+'),
  maxSupportedVersion: f(int16, '0+'),
})

/** ControllerRegistrationRequest. */
export const controllerRegistrationRequest = message({
  name: 'ControllerRegistrationRequest',
  type: 'request',
  apiKey: 70,
  listeners: ['controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    controllerId: f(int32, '0+'),
    incarnationId: f(uuid, '0+'),
    zkMigrationReady: f(bool, '0+'),
    listeners: f(array(listener), '0+'),
    features: f(array(feature), '0+'),
  },
})

export interface ControllerRegistrationRequest extends MessageOf<typeof controllerRegistrationRequest> {}

export interface ControllerRegistrationRequestListener extends StructOf<typeof listener> {}

export interface ControllerRegistrationRequestFeature extends StructOf<typeof feature> {}
