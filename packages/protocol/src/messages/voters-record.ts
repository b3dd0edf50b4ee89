import {
  array,
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

const endpoint = struct('Endpoint', {
  name: f(string, '0+', { mapKey: true }),
  host: f(string, '0+', 'Host name or address.'),
  port: f(uint16, '0+', 'TCP port.'),
})

const kRaftVersionFeature = struct('KRaftVersionFeature', {
  minSupportedVersion: f(int16, '0+', 'Oldest version, included.'),
  maxSupportedVersion: f(int16, '0+', 'Newest version, included.'),
})

const voter = struct('Voter', {
  voterId: f(int32, '0+', 'Node id of the voter.', { entityType: 'brokerId' }),
  voterDirectoryId: f(uuid, '0+', 'Id of the metadata directory of the voter.'),
  endpoints: f(array(endpoint), '0+', 'Where the nodes listen.'),
  kRaftVersionFeature: f(kRaftVersionFeature, '0+', 'Levels of the Raft protocol that the node can serve.'),
})

/** Control record that sets the voters of the metadata quorum. */
export const votersRecord = message({
  name: 'VotersRecord',
  type: 'data',
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    version: f(int16, '0+'),
    voters: f(array(voter), '0+', 'Voters of the quorum.'),
  },
})

export interface VotersRecord extends MessageOf<typeof votersRecord> {}

export interface VotersRecordEndpoint extends StructOf<typeof endpoint> {}

export interface VotersRecordKRaftVersionFeature extends StructOf<typeof kRaftVersionFeature> {}

export interface VotersRecordVoter extends StructOf<typeof voter> {}
