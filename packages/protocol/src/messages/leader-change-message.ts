import { array, f, int16, int32, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const voter = struct('Voter', {
  voterId: f(int32, '0+', 'Node id of the voter.'),
  voterDirectoryId: f(uuid, '1+', 'Id of the metadata directory of the voter.'),
})

/** Control record that begins an epoch of the metadata log. */
export const leaderChangeMessage = message({
  name: 'LeaderChangeMessage',
  type: 'data',
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    version: f(int16, '0+'),
    leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { entityType: 'brokerId' }),
    voters: f(array(voter), '0+', 'Voters of the quorum.'),
    grantingVoters: f(array(voter), '0+', 'Voters that elected the leader.'),
  },
})

export interface LeaderChangeMessage extends MessageOf<typeof leaderChangeMessage> {}

export interface LeaderChangeMessageVoter extends StructOf<typeof voter> {}
