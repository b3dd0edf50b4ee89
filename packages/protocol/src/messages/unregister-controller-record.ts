import { f, int32, type MessageOf, message } from '../table/index.ts'

/** Removes a controller from the cluster. */
export const unregisterControllerRecord = message({
  name: 'UnregisterControllerRecord',
  type: 'metadata',
  apiKey: 29,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    controllerId: f(int32, '0+', 'Node id of the controller, -1 when there is none.'),
  },
})

export interface UnregisterControllerRecord extends MessageOf<typeof unregisterControllerRecord> {}
