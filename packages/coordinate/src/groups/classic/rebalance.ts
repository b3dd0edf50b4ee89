/**
 * How a classic group comes to its next generation: members join until all are there or time is over, the leader hands out the assignment, and
 * whoever is late or silent is left behind. What is here is called by the requests and by the timers that it sets itself.
 */
import {
  createMessage,
  errorCodes,
  type JoinGroupResponse,
  type JoinGroupResponseMember,
  joinGroupResponse,
  type SyncGroupResponse,
  syncGroupResponse,
} from '@dorsale/protocol'
import type { GroupContext, GroupStep } from '../group-context.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type ClassicMember, noAssignment } from './classic-member.ts'
import { groupMetadataRecord } from './classic-records.ts'

/** A rebalance, if the group is in a state to begin one; else another step on the way of the one that is under way. */
export function rebalanceOrCompleteJoin(context: GroupContext, step: GroupStep, group: ClassicGroup): void {
  if (group.canRebalance) prepareRebalance(context, step, group)
  else completeJoinIfAllJoined(context, step, group)
}

/** All members have to join again. */
export function prepareRebalance(context: GroupContext, step: GroupStep, group: ClassicGroup): void {
  if (group.state === 'CompletingRebalance') {
    answerSyncs(context, step, group, () => syncRefusal(errorCodes.REBALANCE_IN_PROGRESS))
  }
  group.syncTimer?.cancel()
  const isFirst = group.isEmpty
  group.transitionTo('PreparingRebalance', step.now)
  if (isFirst) waitForFirstMembers(context, step, group)
  else completeJoinOrWait(context, step, group)
}

/** A new group waits a little, so that members that start together make one generation and not ten. */
function waitForFirstMembers(context: GroupContext, step: GroupStep, group: ClassicGroup): void {
  const delayMs = context.config.initialRebalanceDelayMs
  // Without a delay Kafka lets its timer run out at once; so that is what we do, without the timer.
  if (delayMs <= 0) completeJoin(context, step, group)
  else scheduleFirstCompletion(context, group, delayMs, Math.max(group.rebalanceTimeoutMs - delayMs, 0))
}

function scheduleFirstCompletion(
  context: GroupContext,
  group: ClassicGroup,
  delayMs: number,
  remainingMs: number,
): void {
  group.joinTimer?.cancel()
  group.joinTimer = context.timers.set(delayMs, step => {
    if (group.newMemberAdded && remainingMs > 0) {
      group.newMemberAdded = false
      const nextMs = Math.min(context.config.initialRebalanceDelayMs, remainingMs)
      scheduleFirstCompletion(context, group, nextMs, Math.max(remainingMs - delayMs, 0))
    } else {
      completeJoin(context, step, group)
    }
  })
}

/** After a join, a leave or a death while members join: the first rebalance waits for its timer all the same. */
export function completeJoinIfAllJoined(context: GroupContext, step: GroupStep, group: ClassicGroup): void {
  if (group.state === 'PreparingRebalance' && group.allMembersJoined && group.previousState !== 'Empty') {
    completeJoin(context, step, group)
  }
}

function completeJoinOrWait(context: GroupContext, step: GroupStep, group: ClassicGroup): void {
  // Without members there is no rebalance timeout to wait for, whoever was given an id and has not come back with it: Kafka's timer runs out at once.
  if (group.allMembersJoined || group.members.size === 0) completeJoin(context, step, group)
  else waitForMembers(context, group)
}

function waitForMembers(context: GroupContext, group: ClassicGroup): void {
  group.joinTimer?.cancel()
  group.joinTimer = context.timers.set(group.rebalanceTimeoutMs, step => completeJoin(context, step, group))
}

/** The join phase ends: dynamic members that have not come are out, static ones stay, the others are told their generation. */
function completeJoin(context: GroupContext, step: GroupStep, group: ClassicGroup): void {
  group.joinTimer?.cancel()
  if (group.state !== 'PreparingRebalance') return
  for (const member of [...group.members.values()]) {
    if (member.awaitingJoin === undefined && !member.isStatic) group.remove(member.memberId)
  }
  if (group.members.size > 0 && !group.electJoinedLeader()) {
    // Static members only, and none of them is there: their sessions decide.
    waitForMembers(context, group)
    return
  }
  group.beginGeneration(step.now)
  context.logger.debug('group generation', {
    groupId: group.groupId,
    generation: group.generationId,
    members: group.members.size,
  })
  if (group.isEmpty) {
    step.append(groupMetadataRecord(group, new Map()))
    return
  }
  for (const member of group.members.values()) {
    answerJoin(step, group, member, currentGeneration(group, member.memberId))
    restartSession(context, group, member)
    member.isNew = false
    group.pendingSyncs.add(member.memberId)
  }
  waitForSyncs(context, group)
}

function waitForSyncs(context: GroupContext, group: ClassicGroup): void {
  const { generationId } = group
  group.syncTimer?.cancel()
  group.syncTimer = context.timers.set(group.rebalanceTimeoutMs, step => {
    if (generationId !== group.generationId || group.pendingSyncs.size === 0) return
    for (const memberId of [...group.pendingSyncs]) removeMember(step, group, memberId)
    prepareRebalance(context, step, group)
  })
}

/** A member has synced, or is gone. */
export function forgetPendingSync(group: ClassicGroup, memberId: string): void {
  group.pendingSyncs.delete(memberId)
  if (group.pendingSyncs.size === 0) group.syncTimer?.cancel()
}

/** Answers a parked join, if there is one. */
export function answerJoin(
  step: GroupStep,
  group: ClassicGroup,
  member: ClassicMember,
  response: JoinGroupResponse,
): void {
  const replier = member.awaitingJoin
  if (replier === undefined) return
  group.setAwaitingJoin(member, undefined)
  step.answer(replier, response)
}

/** What a member is told when it is in the generation: the leader also who else is. */
export function currentGeneration(group: ClassicGroup, memberId: string): JoinGroupResponse {
  return createMessage(joinGroupResponse, {
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leaderId ?? '',
    memberId,
    members: group.leaderId === memberId ? membersForLeader(group) : [],
  })
}

export function membersForLeader(group: ClassicGroup): JoinGroupResponseMember[] {
  const protocolName = group.protocolName as string
  return [...group.members.values()].map(member => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    metadata: member.metadataOf(protocolName) ?? noAssignment,
  }))
}

/** Answers every parked sync. */
export function answerSyncs(
  context: GroupContext,
  step: GroupStep,
  group: ClassicGroup,
  responseFor: (member: ClassicMember) => SyncGroupResponse,
): void {
  for (const member of group.members.values()) {
    if (member.awaitingSync === undefined) continue
    answerSync(step, member, responseFor(member))
    // Its session could not run out while it waited for us; now it may.
    restartSession(context, group, member)
  }
}

/** Answers a parked sync, if there is one. */
export function answerSync(step: GroupStep, member: ClassicMember, response: SyncGroupResponse): void {
  const replier = member.awaitingSync
  if (replier === undefined) return
  member.awaitingSync = undefined
  step.answer(replier, response)
}

export function assignmentAnswer(group: ClassicGroup, assignment: Uint8Array = noAssignment): SyncGroupResponse {
  return createMessage(syncGroupResponse, {
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    assignment,
  })
}

export function syncRefusal(errorCode: number): SyncGroupResponse {
  return createMessage(syncGroupResponse, { errorCode })
}

/** The member has been heard of. */
export function restartSession(
  context: GroupContext,
  group: ClassicGroup,
  member: ClassicMember,
  timeoutMs = member.sessionTimeoutMs,
): void {
  member.session?.cancel()
  member.session = context.timers.set(timeoutMs, step => {
    if (member.satisfiesSession) return
    context.logger.info('group member removed: its session is over', {
      groupId: group.groupId,
      memberId: member.memberId,
    })
    removeMember(step, group, member.memberId)
    rebalanceOrCompleteJoin(context, step, group)
  })
}

/** Takes a member out; what it waits for is answered so that a client that still lives joins anew. */
export function removeMember(step: GroupStep, group: ClassicGroup, memberId: string): void {
  const member = group.members.get(memberId)
  if (member !== undefined) {
    const errorCode = errorCodes.UNKNOWN_MEMBER_ID
    answerJoin(step, group, member, createMessage(joinGroupResponse, { errorCode, protocolName: null }))
    answerSync(step, member, syncRefusal(errorCode))
  }
  forgetPendingSync(group, memberId)
  group.remove(memberId)
}
