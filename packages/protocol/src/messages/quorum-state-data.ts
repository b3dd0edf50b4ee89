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
  voterId: f(int32, '0', 'Node id of the voter.'),
})

/** The quorum-state file, as JSON. */
export const quorumStateData = message({
  name: 'QuorumStateData',
  type: 'data',
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    clusterId: f(string, '0', 'Id of the cluster, or null.'),
    leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { default: -1 }),
    leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.', { default: -1 }),
    votedId: f(int32, '0+', 'Node that got the vote, -1 for none.', { default: -1 }),
    votedDirectoryId: f(uuid, '1+', 'Directory of the node that got the vote.'),
    appliedOffset: f(int64, '0', 'Offset that had been applied; no longer used.'),
    currentVoters: f(nullable(array(voter)), '0', 'Voters of the quorum.'),
  },
})

export interface QuorumStateData extends MessageOf<typeof quorumStateData> {}

export interface QuorumStateDataVoter extends StructOf<typeof voter> {}
