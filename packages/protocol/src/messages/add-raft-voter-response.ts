import { f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Answers AddRaftVoterRequest. */
export const addRaftVoterResponse = message({
  name: 'AddRaftVoterResponse',
  type: 'response',
  apiKey: 80,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { ignorable: true }),
  },
})

export interface AddRaftVoterResponse extends MessageOf<typeof addRaftVoterResponse> {}
