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
  host: f(string, '0+', 'Host name or address.'),
  port: f(uint16, '0+', 'TCP port.'),
})

const kRaftVersionFeature = struct('KRaftVersionFeature', {
  minSupportedVersion: f(int16, '0+', 'Oldest version, included.'),
  maxSupportedVersion: f(int16, '0+', 'Newest version, included.'),
})

/** Tells the leader of the metadata quorum where a voter listens (KIP-853). */
export const updateRaftVoterRequest = message({
  name: 'UpdateRaftVoterRequest',
  type: 'request',
  apiKey: 82,
  listeners: ['controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(nullable(string), '0+', 'Id of the cluster, or null.'),
    currentLeaderEpoch: f(
      int32,
      '0+',
      'Epoch of the leader as the client knows it, for fencing; -1 to skip the check.',
    ),
    voterId: f(int32, '0+', 'Node id of the voter.'),
    voterDirectoryId: f(uuid, '0+', 'Id of the metadata directory of the voter.'),
    listeners: f(array(listener), '0+', 'Where the node listens.'),
    kRaftVersionFeature: f(kRaftVersionFeature, '0+', 'Levels of the Raft protocol that the node can serve.'),
  },
})

export interface UpdateRaftVoterRequest extends MessageOf<typeof updateRaftVoterRequest> {}

export interface UpdateRaftVoterRequestListener extends StructOf<typeof listener> {}

export interface UpdateRaftVoterRequestKRaftVersionFeature extends StructOf<typeof kRaftVersionFeature> {}
