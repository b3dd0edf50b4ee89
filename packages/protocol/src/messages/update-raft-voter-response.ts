import { f, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const currentLeader = struct('CurrentLeader', {
  leaderId: f(int32, '0+', { default: -1, entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+', { default: -1 }),
  host: f(string, '0+'),
  port: f(int32, '0+'),
})

/** UpdateRaftVoterResponse. */
export const updateRaftVoterResponse = message({
  name: 'UpdateRaftVoterResponse',
  type: 'response',
  apiKey: 82,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    currentLeader: f(currentLeader, '0+', { tag: 0 }),
  },
})

export interface UpdateRaftVoterResponse extends MessageOf<typeof updateRaftVoterResponse> {}

export interface UpdateRaftVoterResponseCurrentLeader extends StructOf<typeof currentLeader> {}
