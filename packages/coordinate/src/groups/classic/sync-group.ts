/** SyncGroup of classic groups: the leader brings the assignment, everybody takes its part. */
import { errorCodes, ProtocolError, type SyncGroupRequest, type SyncGroupResponse } from '@dorsale/protocol'
import type { Replier } from '../../shard/step.ts'
import type { GroupContext, GroupStep } from '../group-context.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicMember } from './classic-member.ts'
import { groupMetadataRecord } from './classic-records.ts'
import { answerSync, answerSyncs, assignmentAnswer, forgetPendingSync, syncRefusal } from './rebalance.ts'

/** Parks the member until the leader has synced; the leader's own request makes the group stable, in the log and here. */
export function syncGroup(
  context: GroupContext,
  step: GroupStep,
  group: ClassicGroup,
  request: SyncGroupRequest,
  replier: Replier<SyncGroupResponse>,
): void {
  const member = checkSync(group, request)
  switch (group.state) {
    case 'Empty':
      throw new ProtocolError(errorCodes.UNKNOWN_MEMBER_ID)
    case 'PreparingRebalance':
      throw new ProtocolError(errorCodes.REBALANCE_IN_PROGRESS)
    case 'CompletingRebalance':
      // A former SyncGroup of the same member, most likely on a connection that is dead: one of them is enough.
      answerSync(step, member, syncRefusal(errorCodes.REBALANCE_IN_PROGRESS))
      member.awaitingSync = replier
      forgetPendingSync(group, member.memberId)
      if (group.leaderId === member.memberId) completeSync(context, step, group, request)
      return
    case 'Stable':
      forgetPendingSync(group, member.memberId)
      step.answer(replier, assignmentAnswer(group, member.assignment))
      return
  }
}

function checkSync(group: ClassicGroup, request: SyncGroupRequest): ClassicMember {
  const member = group.checkMember(request.memberId, request.groupInstanceId)
  if (request.generationId !== group.generationId) throw new ProtocolError(errorCodes.ILLEGAL_GENERATION)
  const { protocolType, protocolName } = request
  if (
    (protocolType !== null && protocolType !== group.protocolType) ||
    (protocolName !== null && protocolName !== group.protocolName)
  ) {
    throw new ProtocolError(errorCodes.INCONSISTENT_GROUP_PROTOCOL)
  }
  return member
}

/** The record is what makes the group stable, when it is replayed; the answers say what it says. */
function completeSync(context: GroupContext, step: GroupStep, group: ClassicGroup, request: SyncGroupRequest): void {
  const assignments = new Map(
    request.assignments.map(({ memberId, assignment }) => [memberId, Uint8Array.from(assignment)]),
  )
  step.append(groupMetadataRecord(group, assignments))
  answerSyncs(context, step, group, member => assignmentAnswer(group, assignments.get(member.memberId)))
}
