import { type MessageOf, message } from '../table/index.ts'

/** UpdateMetadataRequest. */
export const updateMetadataRequest = message({
  name: 'UpdateMetadataRequest',
  type: 'request',
  apiKey: 6,
  validVersions: 'none',
  flexibleVersions: 'none',
  fields: {},
})

export interface UpdateMetadataRequest extends MessageOf<typeof updateMetadataRequest> {}
