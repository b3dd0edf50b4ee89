import { type MessageOf, message } from '../table/index.ts'

/** Answers LeaderAndIsrRequest. */
export const leaderAndIsrResponse = message({
  name: 'LeaderAndIsrResponse',
  type: 'response',
  apiKey: 4,
  validVersions: 'none',
  flexibleVersions: 'none',
  fields: {},
})

export interface LeaderAndIsrResponse extends MessageOf<typeof leaderAndIsrResponse> {}
