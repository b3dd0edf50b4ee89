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

const controllerEndpoint = struct('ControllerEndpoint', {
  name: f(string, '0+', { mapKey: true }),
  host: f(string, '0+'),
  port: f(uint16, '0+'),
  securityProtocol: f(int16, '0+'),
})

const controllerFeature = struct('ControllerFeature', {
  name: f(string, '0+', { mapKey: true }),
  minSupportedVersion: f(int16, '0+'),
  maxSupportedVersion: f(int16, '0+'),
})

/** RegisterControllerRecord. */
export const registerControllerRecord = message({
  name: 'RegisterControllerRecord',
  type: 'metadata',
  apiKey: 27,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    controllerId: f(int32, '0+'),
    incarnationId: f(uuid, '0+'),
    zkMigrationReady: f(bool, '0+'),
    endPoints: f(array(controllerEndpoint), '0+'),
    features: f(array(controllerFeature), '0+'),
  },
})

export interface RegisterControllerRecord extends MessageOf<typeof registerControllerRecord> {}

export interface RegisterControllerRecordControllerEndpoint extends StructOf<typeof controllerEndpoint> {}

export interface RegisterControllerRecordControllerFeature extends StructOf<typeof controllerFeature> {}
