import { type MessageOf, message } from '../table/index.ts'

/** Removed with ZooKeeper; its key stays taken. */
export const controlledShutdownRequest = message({
  name: 'ControlledShutdownRequest',
  type: 'request',
  apiKey: 7,
  validVersions: 'none',
  flexibleVersions: 'none',
  fields: {},
})

export interface ControlledShutdownRequest extends MessageOf<typeof controlledShutdownRequest> {}
