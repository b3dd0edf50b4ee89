import { f, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const currentLeader = struct('CurrentLeader', {
  leaderId: f(int32, '0+', 'Node id of the leader, -1 when there is none.', { default: -1, entityType: 'brokerId' }),
  leaderEpoch: f(int32, '0+', 'Epoch of the leader, -1 when unknown.', { default: -1 }),
  host: f(string, '0+', 'Host name or address.'),
  port: f(int32, '0+', 'TCP port.'),
})

/** Answers UpdateRaftVoterRequest. */
export const updateRaftVoterResponse = message({
  name: 'UpdateRaftVoterResponse',
  type: 'response',
  apiKey: 82,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    currentLeader: f(
      currentLeader,
      '0+',
      'Leader and epoch as the broker knows them, when they differ from the request.',
      { tag: 0 },
    ),
  },
})

export interface UpdateRaftVoterResponse extends MessageOf<typeof updateRaftVoterResponse> {}

export interface UpdateRaftVoterResponseCurrentLeader extends StructOf<typeof currentLeader> {}
