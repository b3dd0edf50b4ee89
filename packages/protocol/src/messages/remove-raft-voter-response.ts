import { f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** RemoveRaftVoterResponse. */
export const removeRaftVoterResponse = message({
  name: 'RemoveRaftVoterResponse',
  type: 'response',
  apiKey: 81,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', { ignorable: true }),
  },
})

export interface RemoveRaftVoterResponse extends MessageOf<typeof removeRaftVoterResponse> {}
