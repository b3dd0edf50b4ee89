import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the partitions that a member of a consumer group has. */
export const consumerGroupCurrentMemberAssignmentKey = message({
  name: 'ConsumerGroupCurrentMemberAssignmentKey',
  type: 'coordinator-key',
  apiKey: 8,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    memberId: f(string, '0', 'Id of the member.'),
  },
})

export interface ConsumerGroupCurrentMemberAssignmentKey
  extends MessageOf<typeof consumerGroupCurrentMemberAssignmentKey> {}
