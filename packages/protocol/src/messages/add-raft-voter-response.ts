import { f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** AddRaftVoterResponse. */
export const addRaftVoterResponse = message({
  name: 'AddRaftVoterResponse',
  type: 'response',
  apiKey: 80,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', { ignorable: true }),
  },
})

export interface AddRaftVoterResponse extends MessageOf<typeof addRaftVoterResponse> {}
