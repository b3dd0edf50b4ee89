import { type MessageOf, message } from '../table/index.ts'

/** Answers ControlledShutdownRequest. */
export const controlledShutdownResponse = message({
  name: 'ControlledShutdownResponse',
  type: 'response',
  apiKey: 7,
  validVersions: 'none',
  flexibleVersions: 'none',
  fields: {},
})

export interface ControlledShutdownResponse extends MessageOf<typeof controlledShutdownResponse> {}
