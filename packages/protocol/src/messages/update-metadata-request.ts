import { type MessageOf, message } from '../table/index.ts'

/** Removed with ZooKeeper; its key stays taken. */
export const updateMetadataRequest = message({
  name: 'UpdateMetadataRequest',
  type: 'request',
  apiKey: 6,
  validVersions: 'none',
  flexibleVersions: 'none',
  fields: {},
})

export interface UpdateMetadataRequest extends MessageOf<typeof updateMetadataRequest> {}
