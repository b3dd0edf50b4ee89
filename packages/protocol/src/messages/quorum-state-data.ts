import {
  array,
  f,
  int32,
  int64,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
  uuid,
} from '../table/index.ts'

const voter = struct('Voter', {
  voterId: f(int32, '0'),
})

/** QuorumStateData. */
export const quorumStateData = message({
  name: 'QuorumStateData',
  type: 'data',
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(string, '0'),
    leaderId: f(int32, '0+', { default: -1 }),
    leaderEpoch: f(int32, '0+', { default: -1 }),
    votedId: f(int32, '0+', { default: -1 }),
    votedDirectoryId: f(uuid, '1+'),
    appliedOffset: f(int64, '0'),
    currentVoters: f(nullable(array(voter)), '0'),
  },
})

export interface QuorumStateData extends MessageOf<typeof quorumStateData> {}

export interface QuorumStateDataVoter extends StructOf<typeof voter> {}
