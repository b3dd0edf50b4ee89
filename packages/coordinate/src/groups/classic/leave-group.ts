/** LeaveGroup of classic groups: members that go of themselves, and static ones that an administrator takes out by their instance. */
import {
  errorCodes,
  type LeaveGroupRequestMemberIdentity,
  type LeaveGroupResponseMemberResponse,
  ProtocolError,
} from '@dorsale/protocol'
import type { GroupContext, GroupStep } from '../group-context.ts'
import type { ClassicGroup } from './classic-group.ts'
import { rebalanceOrCompleteJoin, removeMember } from './rebalance.ts'

/** Takes the members out; each succeeds or fails for itself. */
export function leaveGroup(
  context: GroupContext,
  step: GroupStep,
  group: ClassicGroup,
  members: readonly LeaveGroupRequestMemberIdentity[],
): LeaveGroupResponseMemberResponse[] {
  const responses = members.map(({ memberId, groupInstanceId }) => ({
    memberId,
    groupInstanceId,
    errorCode: leave(step, group, memberId, groupInstanceId),
  }))
  const someLeft = responses.some(({ errorCode }) => errorCode === errorCodes.NONE)
  if (someLeft && group.state !== 'Empty') rebalanceOrCompleteJoin(context, step, group)
  return responses
}

function leave(step: GroupStep, group: ClassicGroup, memberId: string, groupInstanceId: string | null): number {
  if (memberId === '') {
    const staticMemberId = group.staticMemberId(groupInstanceId)
    if (staticMemberId === undefined) return errorCodes.UNKNOWN_MEMBER_ID
    removeMember(step, group, staticMemberId)
    return errorCodes.NONE
  }
  if (group.pendingJoins.has(memberId)) {
    group.remove(memberId)
    return errorCodes.NONE
  }
  try {
    group.checkMember(memberId, groupInstanceId)
  } catch (error) {
    if (error instanceof ProtocolError) return error.errorCode
    throw error
  }
  removeMember(step, group, memberId)
  return errorCodes.NONE
}
