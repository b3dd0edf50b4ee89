import { type MessageOf, message } from '../table/index.ts'

/** Answers StopReplicaRequest. */
export const stopReplicaResponse = message({
  name: 'StopReplicaResponse',
  type: 'response',
  apiKey: 5,
  validVersions: 'none',
  flexibleVersions: 'none',
  fields: {},
})

export interface StopReplicaResponse extends MessageOf<typeof stopReplicaResponse> {}
