import { type MessageOf, message } from '../table/index.ts'

/** Removed with ZooKeeper; its key stays taken. */
export const stopReplicaRequest = message({
  name: 'StopReplicaRequest',
  type: 'request',
  apiKey: 5,
  validVersions: 'none',
  flexibleVersions: 'none',
  fields: {},
})

export interface StopReplicaRequest extends MessageOf<typeof stopReplicaRequest> {}
