/** What happens to members that are silent, or too slow. */
import type { GroupContext, GroupStep } from '../group-context.ts'
import type { MemberTimer } from '../modern/member-timers.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { fenceMember } from './leave.ts'

/** The member has been heard of: its session begins anew. */
export function restartSession(context: GroupContext, groupId: string, memberId: string, timeoutMs: number): void {
  context.memberTimers.set('session', groupId, memberId, timeoutMs, step =>
    fenceLate(context, step, groupId, memberId, 'session'),
  )
}

/** A member that is told to give up partitions has its rebalance timeout for it, while it stays in the epoch. */
export function restartRebalanceTimeout(context: GroupContext, groupId: string, member: ConsumerMember): void {
  const { memberId, memberEpoch, rebalanceTimeoutMs } = member
  context.memberTimers.set('rebalance', groupId, memberId, rebalanceTimeoutMs, step => {
    const group = context.groups.get(groupId)
    if (group?.kind !== 'consumer' || group.members.get(memberId)?.memberEpoch !== memberEpoch) return
    fenceLate(context, step, groupId, memberId, 'rebalance')
  })
}

/** A classic member that was told to join again has its rebalance timeout for it, from the first time on. */
export function startJoinTimeout(context: GroupContext, groupId: string, member: ConsumerMember): void {
  const { memberId, rebalanceTimeoutMs } = member
  context.memberTimers.setIfAbsent('join', groupId, memberId, rebalanceTimeoutMs, step =>
    fenceLate(context, step, groupId, memberId, 'join'),
  )
}

/** A classic member that has joined must sync in its rebalance timeout. */
export function restartSyncTimeout(context: GroupContext, groupId: string, memberId: string, timeoutMs: number): void {
  context.memberTimers.set('sync', groupId, memberId, timeoutMs, step =>
    fenceLate(context, step, groupId, memberId, 'sync'),
  )
}

function fenceLate(
  context: GroupContext,
  step: GroupStep,
  groupId: string,
  memberId: string,
  timer: MemberTimer,
): void {
  const group = context.groups.get(groupId)
  if (group?.kind !== 'consumer' || !group.members.has(memberId)) return
  context.logger.info(`group member removed: ${reasons[timer]}`, { groupId, memberId })
  fenceMember(context, step, group, memberId)
}

const reasons: Readonly<Record<MemberTimer, string>> = {
  session: 'its session is over',
  rebalance: 'it did not give up its partitions in time',
  join: 'it did not join again in time',
  sync: 'it did not sync in time',
}
