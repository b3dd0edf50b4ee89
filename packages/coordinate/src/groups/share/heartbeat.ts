/** ShareGroupHeartbeat: a member joins, lives, changes what it subscribes to, is told what to read, and leaves. */
import {
  createMessage,
  errorCodes,
  ProtocolError,
  type ShareGroupHeartbeatRequest,
  type ShareGroupHeartbeatResponse,
  shareGroupHeartbeatResponse,
} from '@dorsale/protocol'
import { assignShared } from '../assignors/shared.ts'
import { metadataRefreshMs } from '../consumer/subscription.ts'
import type { GroupClient, GroupContext, GroupStep } from '../group-context.ts'
import { type Assignment, emptyAssignment, isSameAssignment, topicPartitionsOf } from '../modern/assignment.ts'
import { isSameSet } from '../modern/sets.ts'
import { isAssignmentDue, nextTargets } from '../modern/target-assignment.ts'
import type { GroupMetadataImage } from '../modern/topic-hashes.ts'
import { ShareGroup } from './share-group.ts'
import { isSameDescription, isSameProgress, newShareMember, type ShareMember } from './share-member.ts'
import {
  groupEpochRecord,
  memberRecord,
  memberTombstones,
  progressRecord,
  targetEpochRecord,
  targetRecord,
} from './share-records.ts'
import { hasUnassigned, initializeState, type ShareInitialization } from './state-partitions.ts'

/** The answer, and what the share coordinator is to be asked when it has been given. */
export interface ShareHeartbeatOutcome {
  readonly response: ShareGroupHeartbeatResponse
  readonly initialize: ShareInitialization | undefined
}

/** Answers one heartbeat. Throws what is wrong with it; the request itself has been checked. */
export function shareGroupHeartbeat(
  context: GroupContext,
  step: GroupStep,
  request: ShareGroupHeartbeatRequest,
  client: GroupClient,
): ShareHeartbeatOutcome {
  const { groupId, memberId, memberEpoch } = request
  if (memberEpoch === -1) {
    fenceShareMember(context, step, shareGroup(context, groupId), memberId)
    const response = createMessage(shareGroupHeartbeatResponse, { memberId, memberEpoch })
    return { response, initialize: undefined }
  }
  return joinOrLive(context, step, request, client)
}

function joinOrLive(
  context: GroupContext,
  step: GroupStep,
  request: ShareGroupHeartbeatRequest,
  client: GroupClient,
): ShareHeartbeatOutcome {
  const { groupId, memberId, memberEpoch } = request
  const isJoining = memberEpoch === 0
  const isNewGroup = isJoining && !context.groups.has(groupId)
  const group = isNewGroup ? new ShareGroup(groupId) : shareGroup(context, groupId)
  throwIfFull(group, context.config.shareSizeMax, memberId)
  const former = isJoining ? (group.members.get(memberId) ?? newShareMember(memberId)) : group.member(memberId)
  throwIfEpochIsWrong(former, memberEpoch)
  const updated: ShareMember = {
    ...former,
    rackId: request.rackId ?? former.rackId,
    subscribedTopicNames:
      request.subscribedTopicNames === null ? former.subscribedTopicNames : new Set(request.subscribedTopicNames),
    clientId: client.clientId,
    clientHost: client.clientHost,
  }
  const isNews = !isSameDescription(former, updated)
  if (isNews) step.append(memberRecord(groupId, updated))
  const topicsChanged = isNews && !isSameSet(former.subscribedTopicNames, updated.subscribedTopicNames)
  const subscriptions = subscriptionsWith(group, former, updated)
  const isDue = topicsChanged || (group.assignmentEpoch >= group.groupEpoch && hasUnassigned(group))
  const groupEpoch = refreshTopics(context, step, group, { topics: subscriptions.keys(), isDue })
  const { targetEpoch, target } = targetFor(context, step, group, updated, { groupEpoch, subscriptions })
  const member = leadToTarget(context, step, group, updated, { targetEpoch, target, topicsChanged: isDue })
  const { sessionTimeoutMs, heartbeatIntervalMs } = context.config.shareGroup(groupId)
  restartShareSession(context, groupId, memberId, sessionTimeoutMs)
  const isTold =
    isJoining || request.subscribedTopicNames !== null || !isSameAssignment(former.assigned, member.assigned)
  return {
    response: createMessage(shareGroupHeartbeatResponse, {
      memberId,
      memberEpoch: member.memberEpoch,
      heartbeatIntervalMs,
      assignment: isTold ? { topicPartitions: topicPartitionsOf(member.assigned) } : null,
    }),
    initialize: initializeState(context, step, group, { stateEpoch: groupEpoch, topics: subscriptions.keys() }),
  }
}

/** Throws GROUP_ID_NOT_FOUND when there is no such group, or it is of another kind. */
function shareGroup(context: GroupContext, groupId: string): ShareGroup {
  const group = context.groups.get(groupId)
  if (group?.kind === 'share') return group
  const text = group === undefined ? `Share group ${groupId} not found.` : `Group ${groupId} is not a share group.`
  throw new ProtocolError(errorCodes.GROUP_ID_NOT_FOUND, text)
}

function throwIfFull(group: ShareGroup, sizeMax: number, memberId: string): void {
  if (group.members.size < sizeMax || group.members.has(memberId)) return
  const text = `The share group has reached its maximum capacity of ${sizeMax} members.`
  throw new ProtocolError(errorCodes.GROUP_MAX_SIZE_REACHED, text)
}

/** Throws FENCED_MEMBER_EPOCH. The epoch before is let pass: the answer that told the present one may have been lost. */
function throwIfEpochIsWrong({ memberEpoch, previousMemberEpoch }: ShareMember, received: number): void {
  if (received === 0 || received === memberEpoch || received === previousMemberEpoch) return
  const text = `The member epoch ${received} is neither the one known here (${memberEpoch}) nor the one before it: the member must join again.`
  throw new ProtocolError(errorCodes.FENCED_MEMBER_EPOCH, text)
}

/** How many members subscribe to each topic, would `updated` take the place of `former`. */
function subscriptionsWith(group: ShareGroup, former: ShareMember, updated: ShareMember): ReadonlyMap<string, number> {
  const tally = group.topics.copy()
  for (const topic of former.subscribedTopicNames) tally.add(topic, -1)
  for (const topic of updated.subscribedTopicNames) tally.add(topic, 1)
  return tally.counts
}

/** The epoch of the group: the next one if its topics have changed, or if something else has. */
function refreshTopics(
  context: GroupContext,
  step: GroupStep,
  group: ShareGroup,
  change: { readonly topics: Iterable<string>; readonly isDue: boolean },
): number {
  const { groupId } = group
  let { groupEpoch } = group
  if (!change.isDue && !group.isMetadataExpired(step.now)) return groupEpoch
  const metadataHash = context.topicHashes.groupHash(change.topics)
  if (change.isDue || metadataHash !== group.metadataHash) {
    groupEpoch++
    step.append(groupEpochRecord(groupId, groupEpoch, metadataHash))
  }
  group.metadataFreshness = { untilMs: step.now + metadataRefreshMs, epoch: groupEpoch }
  return groupEpoch
}

function targetFor(
  context: GroupContext,
  step: GroupStep,
  group: ShareGroup,
  updated: ShareMember,
  { groupEpoch, subscriptions }: { groupEpoch: number; subscriptions: ReadonlyMap<string, number> },
): { targetEpoch: number; target: Assignment } {
  const { groupId } = group
  const { assignmentIntervalMs } = context.config.shareGroup(groupId)
  if (
    group.assignmentEpoch >= groupEpoch ||
    !isAssignmentDue(group.assignmentTimestampMs, assignmentIntervalMs, step.now)
  ) {
    return { targetEpoch: group.assignmentEpoch, target: group.targetOf(updated.memberId) }
  }
  const members = [...group.members.values()].map(member => (member.memberId === updated.memberId ? updated : member))
  if (!group.members.has(updated.memberId)) members.push(updated)
  const counts = [...subscriptions.values()]
  const { targets, changed } = nextTargets(
    task => assignShared({ ...task, partitionsOf: topicId => initializedPartitions(context.image, group, topicId) }),
    members.map(member => ({
      memberId: member.memberId,
      instanceId: null,
      topicIds: topicIdsOf(context.image, member),
      target: group.targetOf(member.memberId),
    })),
    { isHomogeneous: counts.every(count => count === members.length), known: group.targets },
  )
  for (const { memberId, target } of changed) step.append(targetRecord(groupId, memberId, target))
  step.append(targetEpochRecord(groupId, groupEpoch, step.now))
  return { targetEpoch: groupEpoch, target: targets.get(updated.memberId) ?? emptyAssignment }
}

/** Partitions whose state is kept; of a topic that has shrunk with a new life, those that exist. */
function initializedPartitions(image: GroupMetadataImage, group: ShareGroup, topicId: string): number[] {
  const count = image.topicsById.get(topicId)?.partitions.length ?? 0
  return [...(group.initialized.get(topicId)?.partitions ?? [])].filter(each => each < count).sort((a, b) => a - b)
}

function topicIdsOf(image: GroupMetadataImage, member: ShareMember): ReadonlySet<string> {
  return new Set([...member.subscribedTopicNames].flatMap(name => image.topicsByName.get(name)?.id ?? []))
}

function leadToTarget(
  context: GroupContext,
  step: GroupStep,
  group: ShareGroup,
  member: ShareMember,
  options: { readonly targetEpoch: number; readonly target: Assignment; readonly topicsChanged: boolean },
): ShareMember {
  const { targetEpoch, target, topicsChanged } = options
  const isBehind = member.memberEpoch !== targetEpoch
  if (!isBehind && !topicsChanged) return member
  const subscribed = topicIdsOf(context.image, member)
  const assigned = new Map([...target].filter(([topicId]) => subscribed.has(topicId)))
  const epochs = isBehind ? { memberEpoch: targetEpoch, previousMemberEpoch: member.memberEpoch } : {}
  const next = { ...member, ...epochs, assigned }
  if (!isSameProgress(member, next)) step.append(progressRecord(group.groupId, next))
  return next
}

/** Takes a member out. Throws UNKNOWN_MEMBER_ID. */
function fenceShareMember(context: GroupContext, step: GroupStep, group: ShareGroup, memberId: string): void {
  const { groupId } = group
  const member = group.member(memberId)
  for (const tombstone of memberTombstones(groupId, memberId)) step.append(tombstone)
  const topics = subscriptionsWith(group, member, { ...member, subscribedTopicNames: new Set() })
  const groupEpoch = group.groupEpoch + 1
  step.append(groupEpochRecord(groupId, groupEpoch, context.topicHashes.groupHash(topics.keys())))
  if (group.members.size === 1) step.append(targetEpochRecord(groupId, groupEpoch, 0))
  context.memberTimers.cancelAll(groupId, memberId)
}

/** The member has been heard of: its session begins anew. */
export function restartShareSession(context: GroupContext, groupId: string, memberId: string, timeoutMs: number): void {
  context.memberTimers.set('session', groupId, memberId, timeoutMs, step => {
    const group = context.groups.get(groupId)
    if (group?.kind !== 'share' || !group.members.has(memberId)) return
    context.logger.info('group member removed: its session is over', { groupId, memberId })
    fenceShareMember(context, step, group, memberId)
  })
}
