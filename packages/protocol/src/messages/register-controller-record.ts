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
  host: f(string, '0+', 'Host name or address.'),
  port: f(uint16, '0+', 'TCP port.'),
  securityProtocol: f(int16, '0+', '0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.'),
})

const controllerFeature = struct('ControllerFeature', {
  name: f(string, '0+', { mapKey: true }),
  minSupportedVersion: f(int16, '0+', 'Oldest version, included.'),
  maxSupportedVersion: f(int16, '0+', 'Newest version, included.'),
})

/** A controller has registered. */
export const registerControllerRecord = message({
  name: 'RegisterControllerRecord',
  type: 'metadata',
  apiKey: 27,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    controllerId: f(int32, '0+', 'Node id of the controller, -1 when there is none.'),
    incarnationId: f(uuid, '0+', 'Id of this run of the process.'),
    zkMigrationReady: f(bool, '0+', 'A leftover of the migration from ZooKeeper.'),
    endPoints: f(array(controllerEndpoint), '0+', 'Where the node listens.'),
    features: f(array(controllerFeature), '0+'),
  },
})

export interface RegisterControllerRecord extends MessageOf<typeof registerControllerRecord> {}

export interface RegisterControllerRecordControllerEndpoint extends StructOf<typeof controllerEndpoint> {}

export interface RegisterControllerRecordControllerFeature extends StructOf<typeof controllerFeature> {}
