import { f, int32, type MessageOf, message } from '../table/index.ts'

/** UnregisterControllerRecord. */
export const unregisterControllerRecord = message({
  name: 'UnregisterControllerRecord',
  type: 'metadata',
  apiKey: 29,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    controllerId: f(int32, '0+'),
  },
})

export interface UnregisterControllerRecord extends MessageOf<typeof unregisterControllerRecord> {}
