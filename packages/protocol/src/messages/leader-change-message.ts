import { array, f, int16, int32, type MessageOf, message, type StructOf, struct, uuid } from '../table/index.ts'

const voter = struct('Voter', {
  voterId: f(int32, '0+'),
  voterDirectoryId: f(uuid, '1+'),
})

/** LeaderChangeMessage. */
export const leaderChangeMessage = message({
  name: 'LeaderChangeMessage',
  type: 'data',
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    version: f(int16, '0+'),
    leaderId: f(int32, '0+', { entityType: 'brokerId' }),
    voters: f(array(voter), '0+'),
    grantingVoters: f(array(voter), '0+'),
  },
})

export interface LeaderChangeMessage extends MessageOf<typeof leaderChangeMessage> {}

export interface LeaderChangeMessageVoter extends StructOf<typeof voter> {}
