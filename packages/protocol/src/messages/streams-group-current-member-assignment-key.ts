import { f, type MessageOf, message, string } from '../table/index.ts'

/** StreamsGroupCurrentMemberAssignmentKey. */
export const streamsGroupCurrentMemberAssignmentKey = message({
  name: 'StreamsGroupCurrentMemberAssignmentKey',
  type: 'coordinator-key',
  apiKey: 22,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    groupId: f(string, '0'),
    memberId: f(string, '0'),
  },
})

export interface StreamsGroupCurrentMemberAssignmentKey
  extends MessageOf<typeof streamsGroupCurrentMemberAssignmentKey> {}
