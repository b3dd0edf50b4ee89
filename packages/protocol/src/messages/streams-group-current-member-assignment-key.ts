import { f, type MessageOf, message, string } from '../table/index.ts'

/** Key of: the tasks that a member of a streams group has. */
export const streamsGroupCurrentMemberAssignmentKey = message({
  name: 'StreamsGroupCurrentMemberAssignmentKey',
  type: 'coordinator-key',
  apiKey: 22,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0', 'Id of the group.'),
    memberId: f(string, '0', 'Id of the member.'),
  },
})

export interface StreamsGroupCurrentMemberAssignmentKey
  extends MessageOf<typeof streamsGroupCurrentMemberAssignmentKey> {}
