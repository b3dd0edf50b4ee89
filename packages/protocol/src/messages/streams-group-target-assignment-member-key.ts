import { f, type MessageOf, message, string } from '../table/index.ts'

/** StreamsGroupTargetAssignmentMemberKey. */
export const streamsGroupTargetAssignmentMemberKey = message({
  name: 'StreamsGroupTargetAssignmentMemberKey',
  type: 'coordinator-key',
  apiKey: 21,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    memberId: f(string, '0'),
  },
})

export interface StreamsGroupTargetAssignmentMemberKey
  extends MessageOf<typeof streamsGroupTargetAssignmentMemberKey> {}
