import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the partitions that a member of a consumer group shall have. */
export const consumerGroupTargetAssignmentMemberKey = message({
  name: 'ConsumerGroupTargetAssignmentMemberKey',
  type: 'coordinator-key',
  apiKey: 7,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    memberId: f(string, '0', 'Id of the member.'),
  },
})

export interface ConsumerGroupTargetAssignmentMemberKey
  extends MessageOf<typeof consumerGroupTargetAssignmentMemberKey> {}
