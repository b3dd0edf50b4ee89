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
  host: f(string, '0+'),
  port: f(uint16, '0+'),
})

const kRaftVersionFeature = struct('KRaftVersionFeature', {
  minSupportedVersion: f(int16, '0+'),
  maxSupportedVersion: f(int16, '0+'),
})

const voter = struct('Voter', {
  voterId: f(int32, '0+', { entityType: 'brokerId' }),
  voterDirectoryId: f(uuid, '0+'),
  endpoints: f(array(endpoint), '0+'),
  kRaftVersionFeature: f(kRaftVersionFeature, '0+'),
})

/** VotersRecord. */
export const votersRecord = message({
  name: 'VotersRecord',
  type: 'data',
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    version: f(int16, '0+'),
    voters: f(array(voter), '0+'),
  },
})

export interface VotersRecord extends MessageOf<typeof votersRecord> {}

export interface VotersRecordEndpoint extends StructOf<typeof endpoint> {}

export interface VotersRecordKRaftVersionFeature extends StructOf<typeof kRaftVersionFeature> {}

export interface VotersRecordVoter extends StructOf<typeof voter> {}
