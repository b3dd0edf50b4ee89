import { f, int32, type MessageOf, message } from '../table/index.ts'

/** Removes a controller from the cluster. */
export const unregisterControllerRequest = message({
  name: 'UnregisterControllerRequest',
  type: 'request',
  apiKey: 94,
  listeners: ['broker', 'controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    controllerId: f(int32, '0+', 'Node id of the controller, -1 when there is none.'),
  },
})

export interface UnregisterControllerRequest extends MessageOf<typeof unregisterControllerRequest> {}
