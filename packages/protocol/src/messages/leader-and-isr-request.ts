import { type MessageOf, message } from '../table/index.ts'

/** Removed with ZooKeeper; its key stays taken. */
export const leaderAndIsrRequest = message({
  name: 'LeaderAndIsrRequest',
  type: 'request',
  apiKey: 4,
  validVersions: 'none',
  flexibleVersions: 'none',
  fields: {},
})

export interface LeaderAndIsrRequest extends MessageOf<typeof leaderAndIsrRequest> {}
