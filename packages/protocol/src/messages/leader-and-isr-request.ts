import { type MessageOf, message } from '../table/index.ts'

/** LeaderAndIsrRequest. */
export const leaderAndIsrRequest = message({
  name: 'LeaderAndIsrRequest',
  type: 'request',
  apiKey: 4,
  validVersions: 'none',
  flexibleVersions: 'none',
  fields: {},
})

export interface LeaderAndIsrRequest extends MessageOf<typeof leaderAndIsrRequest> {}
