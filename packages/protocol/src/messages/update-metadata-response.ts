import { type MessageOf, message } from '../table/index.ts'

/** Answers UpdateMetadataRequest. */
export const updateMetadataResponse = message({
  name: 'UpdateMetadataResponse',
  type: 'response',
  apiKey: 6,
  validVersions: 'none',
  flexibleVersions: 'none',
  fields: {},
})

export interface UpdateMetadataResponse extends MessageOf<typeof updateMetadataResponse> {}
