import { array, f, int8, type MessageOf, message, string } from '../table/index.ts'

/**
 * Asks which broker coordinates a group, a transactional id, or, since v6, a share group partition. v4 asks for
 * several at once.
 */
export const findCoordinatorRequest = message({
  name: 'FindCoordinatorRequest',
  type: 'request',
  apiKey: 10,
  listeners: ['broker'],
  validVersions: '0-6',
  flexibleVersions: '3+',
  fields: {
    key: f(string, '0-3'),
    keyType: f(int8, '1+', '0 group, 1 transaction, 2 share group.'),
    coordinatorKeys: f(array(string), '4+', 'Group ids, transactional ids, or share keys `group:topicId:partition`.'),
  },
})

export interface FindCoordinatorRequest extends MessageOf<typeof findCoordinatorRequest> {}
