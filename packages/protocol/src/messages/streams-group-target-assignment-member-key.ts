import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the tasks that a member of a streams group shall have. */
export const streamsGroupTargetAssignmentMemberKey = message({
  name: 'StreamsGroupTargetAssignmentMemberKey',
  type: 'coordinator-key',
  apiKey: 21,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    memberId: f(string, '0', 'Id of the member.'),
  },
})

export interface StreamsGroupTargetAssignmentMemberKey
  extends MessageOf<typeof streamsGroupTargetAssignmentMemberKey> {}
