import { f, type MessageOf, message, string } from '../table/index.ts'

/** ConsumerGroupTargetAssignmentMemberKey. */
export const consumerGroupTargetAssignmentMemberKey = message({
  name: 'ConsumerGroupTargetAssignmentMemberKey',
  type: 'coordinator-key',
  apiKey: 7,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    memberId: f(string, '0'),
  },
})

export interface ConsumerGroupTargetAssignmentMemberKey
  extends MessageOf<typeof consumerGroupTargetAssignmentMemberKey> {}
