import { f, type MessageOf, message, string } from '../table/index.ts'

/** ConsumerGroupCurrentMemberAssignmentKey. */
export const consumerGroupCurrentMemberAssignmentKey = message({
  name: 'ConsumerGroupCurrentMemberAssignmentKey',
  type: 'coordinator-key',
  apiKey: 8,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    memberId: f(string, '0'),
  },
})

export interface ConsumerGroupCurrentMemberAssignmentKey
  extends MessageOf<typeof consumerGroupCurrentMemberAssignmentKey> {}
