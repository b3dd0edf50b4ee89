/** From a consumer group to a classic group, when its last member that speaks the consumer protocol goes (`group.consumer.migration.policy`). */
import { ClassicGroup } from '../classic/classic-group.ts'
import { ClassicMember } from '../classic/classic-member.ts'
import { groupMetadataRecord } from '../classic/classic-records.ts'
import { prepareRebalance, restartSession } from '../classic/rebalance.ts'
import type { GroupContext, GroupStep } from '../group-context.ts'
import { classicAssignment } from './classic-assignment.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ClassicMemberMetadata, ConsumerMember } from './consumer-member.ts'
import { groupTombstones } from './consumer-records.ts'

/** True: the members that remain without these all speak the classic protocol, and the group is a classic one from here on. */
export function downgradeIfOnlyClassicRemain(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  leaving: readonly ConsumerMember[],
): boolean {
  if (leaving.length >= group.members.size || !canDowngrade(context, group, leaving)) return false
  const remaining = [...group.members.values()].filter(member => !leaving.includes(member))
  for (const tombstone of groupTombstones(group)) step.append(tombstone)
  const classic = classicGroupFrom(context, step, group, remaining)
  for (const { memberId } of leaving) context.memberTimers.cancelAll(group.groupId, memberId)
  // What the others had has to be divided among those that remain.
  prepareRebalance(context, step, classic)
  return true
}

/** Whether the group becomes a classic one when `replaced`, the last that speaks the consumer protocol, is replaced by a classic member. */
export function canDowngradeWithout(context: GroupContext, group: ConsumerGroup, replaced: ConsumerMember): boolean {
  return replaced.classic === null && canDowngrade(context, group, [replaced])
}

/** The group becomes a classic one with `successor` in the place of the static member that it has just replaced. */
export function downgradeWithSuccessor(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  successor: ConsumerMember,
  { needsRebalance }: { needsRebalance: boolean },
): void {
  const replaced = group.staticMember(successor.instanceId) as ConsumerMember
  const tombstones = groupTombstones(group, { memberId: replaced.memberId, successorId: successor.memberId })
  for (const tombstone of tombstones) step.append(tombstone)
  const members = [...group.members.values()].map(member => (member === replaced ? successor : member))
  const classic = classicGroupFrom(context, step, group, members)
  if (needsRebalance) prepareRebalance(context, step, classic)
}

function canDowngrade(context: GroupContext, group: ConsumerGroup, without: readonly ConsumerMember[]): boolean {
  const { migrationPolicy, classicSizeMax } = context.config
  if (migrationPolicy !== 'downgrade' && migrationPolicy !== 'bidirectional') return false
  const classicCount = group.classicMemberCount - without.filter(({ classic }) => classic !== null).length
  return classicCount === group.members.size - without.length && classicCount <= classicSizeMax
}

/** Stable, with the targets of the consumer group as assignments; it takes the consumer group's place at once, as a new classic group does. */
function classicGroupFrom(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
): ClassicGroup {
  const { groupId } = group
  const classic = new ClassicGroup(groupId, step.now)
  classic.generationId = group.groupEpoch
  const assignments = new Map<string, Uint8Array>()
  for (const member of members) {
    const { sessionTimeoutMs, supportedProtocols } = member.classic as ClassicMemberMetadata
    const classicMember = new ClassicMember({
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      sessionTimeoutMs,
      protocols: supportedProtocols,
    })
    classicMember.assignment = classicAssignment(
      context.image,
      group.targetOf(member.memberId, member.instanceId),
      supportedProtocols[0]?.metadata,
    )
    assignments.set(member.memberId, classicMember.assignment)
    classic.add(classicMember, group.protocolType, undefined)
  }
  classic.protocolName = classic.selectProtocol()
  classic.restore('Stable', step.now)
  classic.restoreSubscriptions()
  step.append(groupMetadataRecord(classic, assignments))
  for (const member of classic.members.values()) {
    context.memberTimers.cancelAll(groupId, member.memberId)
    restartSession(context, classic, member)
  }
  context.groups.set(groupId, classic)
  context.logger.info('consumer group becomes a classic group', { groupId, members: members.length })
  return classic
}
