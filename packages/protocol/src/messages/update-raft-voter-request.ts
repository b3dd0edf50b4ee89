import {
  array,
  f,
  int16,
  int32,
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
})

const kRaftVersionFeature = struct('KRaftVersionFeature', {
  minSupportedVersion: f(int16, '0+'),
  maxSupportedVersion: f(int16, '0+'),
})

/** UpdateRaftVoterRequest. */
export const updateRaftVoterRequest = message({
  name: 'UpdateRaftVoterRequest',
  type: 'request',
  apiKey: 82,
  listeners: ['controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(nullable(string), '0+'),
    currentLeaderEpoch: f(int32, '0+'),
    voterId: f(int32, '0+'),
    voterDirectoryId: f(uuid, '0+'),
    listeners: f(array(listener), '0+'),
    kRaftVersionFeature: f(kRaftVersionFeature, '0+'),
  },
})

export interface UpdateRaftVoterRequest extends MessageOf<typeof updateRaftVoterRequest> {}

export interface UpdateRaftVoterRequestListener extends StructOf<typeof listener> {}

export interface UpdateRaftVoterRequestKRaftVersionFeature extends StructOf<typeof kRaftVersionFeature> {}
