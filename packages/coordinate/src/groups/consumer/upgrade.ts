/** From a classic group to a consumer group, while its members are at work (`group.consumer.migration.policy`). */
import { DecodeError, errorCodes } from '@dorsale/protocol'
import { type ClassicGroup, decodeSubscription } from '../classic/classic-group.ts'
import { joinRefusal } from '../classic/join-group.ts'
import { syncRefusal } from '../classic/rebalance.ts'
import type { GroupContext, GroupStep } from '../group-context.ts'
import { groupTombstone } from '../group-records.ts'
import { withEpochs } from '../modern/assignment.ts'
import { assignmentFrom, hasUserData } from './classic-assignment.ts'
import { ConsumerGroup, subscribedTopics } from './consumer-group.ts'
import { type ClassicMemberMetadata, memberStates, newConsumerMember } from './consumer-member.ts'
import { groupRecords } from './consumer-records.ts'
import { consumerGroup, notFound } from './members.ts'
import { restartSession } from './timeouts.ts'

/**
 * The group that a heartbeat is for. A member that joins makes it, if need be out of a classic group. What is made here becomes the group with the
 * replay of its records; until then it is the caller's alone.
 */
export function consumerGroupForHeartbeat(
  context: GroupContext,
  step: GroupStep,
  groupId: string,
  { isJoining }: { isJoining: boolean },
): ConsumerGroup {
  const group = context.groups.get(groupId)
  if (!isJoining || group?.kind === 'consumer') return consumerGroup(context, groupId)
  if (group === undefined) return new ConsumerGroup(groupId)
  if (group.kind !== 'classic') throw notFound(`Group ${groupId} is not a consumer group.`)
  if (group.isEmpty) {
    step.append(groupTombstone('GroupMetadata', { group: groupId }))
    return new ConsumerGroup(groupId)
  }
  return upgrade(context, step, group)
}

/** All members go on in the consumer group, speaking the classic protocol until each of them comes back with the new one. */
function upgrade(context: GroupContext, step: GroupStep, classic: ClassicGroup): ConsumerGroup {
  const { groupId } = classic
  const refuse = (reason: string) => notFound(`Cannot upgrade classic group ${groupId} to a consumer group: ${reason}.`)
  const { migrationPolicy, consumerSizeMax } = context.config
  if (migrationPolicy !== 'upgrade' && migrationPolicy !== 'bidirectional') throw refuse('online upgrade is disabled')
  if (!classic.isConsumerGroup) throw refuse('its members are not consumers')
  if (classic.members.size > consumerSizeMax) throw refuse('it has more members than a consumer group may have')
  let group: ConsumerGroup
  try {
    group = consumerGroupFrom(context, classic)
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(`what its members say cannot be read (${error.message})`)
    throw error
  }
  if ([...classic.members.values()].some(member => hasUserData(member.assignment))) {
    throw refuse('its assignor keeps data of its own in the assignments, which would be lost')
  }
  // The classic group itself is left as it is, with what is parked in it: the heartbeat may still be refused, and then nothing has happened.
  for (const { memberId, awaitingJoin, awaitingSync } of classic.members.values()) {
    const { REBALANCE_IN_PROGRESS } = errorCodes
    if (awaitingJoin !== undefined) step.answer(awaitingJoin, joinRefusal(REBALANCE_IN_PROGRESS, memberId))
    if (awaitingSync !== undefined) step.answer(awaitingSync, syncRefusal(REBALANCE_IN_PROGRESS))
  }
  step.append(groupTombstone('GroupMetadata', { group: groupId }))
  for (const record of groupRecords(group)) step.append(record)
  for (const member of group.members.values()) {
    const { sessionTimeoutMs } = member.classic as ClassicMemberMetadata
    restartSession(context, groupId, member.memberId, sessionTimeoutMs)
  }
  context.logger.info('classic group becomes a consumer group', { groupId, members: group.members.size })
  return group
}

/** The group's generation becomes its epoch; what the leader has assigned becomes target and assignment. */
function consumerGroupFrom(context: GroupContext, classic: ClassicGroup): ConsumerGroup {
  const group = new ConsumerGroup(classic.groupId)
  const epoch = classic.generationId
  group.groupEpoch = epoch
  group.assignmentEpoch = epoch
  for (const member of classic.members.values()) {
    const { topics, rackId } = decodeSubscription(member.metadataOf(classic.protocolName ?? '') ?? new Uint8Array(0))
    // Who has just joined and never synced has nothing yet.
    const target = assignmentFrom(context.image, member.assignment)
    group.putTarget(member.memberId, target)
    group.putMember({
      ...newConsumerMember(member.memberId),
      instanceId: member.groupInstanceId,
      rackId: rackId === '' ? null : rackId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      subscribedTopicNames: new Set(topics),
      classic: { sessionTimeoutMs: member.sessionTimeoutMs, supportedProtocols: member.protocols },
      memberEpoch: epoch,
      previousMemberEpoch: epoch,
      state: memberStates.STABLE,
      assigned: withEpochs(target, epoch),
    })
  }
  group.metadataHash = context.topicHashes.groupHash(subscribedTopics(group.subscriptions))
  return group
}
