import { array, f, int8, type MessageOf, message, string } from '../table/index.ts'

/** FindCoordinatorRequest. */
export const findCoordinatorRequest = message({
  name: 'FindCoordinatorRequest',
  type: 'request',
  apiKey: 10,
  listeners: ['broker'],
  validVersions: '0-6',
  flexibleVersions: '3+',
  fields: {
    key: f(string, '0-3'),
    keyType: f(int8, '1+'),
    coordinatorKeys: f(array(string), '4+'),
  },
})

export interface FindCoordinatorRequest extends MessageOf<typeof findCoordinatorRequest> {}
