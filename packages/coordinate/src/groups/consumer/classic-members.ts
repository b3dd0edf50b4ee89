/**
 * Members of consumer groups that still speak the classic protocol, while a group is on its way from the one to the other. The coordinator assigns to
 * them as to all others; they hear of it as followers of a leader that does not exist:
 *
 * ```
 *   Heartbeat   REBALANCE_IN_PROGRESS when there is something to give up or a newer epoch
 *   JoinGroup   tells what is still owned; answered at once, the generation is the member's epoch
 *   SyncGroup   answered at once with what the member has
 * ```
 */
import {
  createMessage,
  errorCodes,
  type HeartbeatRequest,
  type JoinGroupRequest,
  type JoinGroupResponse,
  joinGroupResponse,
  type LeaveGroupRequestMemberIdentity,
  type LeaveGroupResponseMemberResponse,
  ProtocolError,
  type SyncGroupRequest,
  type SyncGroupResponse,
  syncGroupResponse,
} from '@dorsale/protocol'
import type { Replier } from '../../shard/step.ts'
import { readSubscription } from '../classic/classic-group.ts'
import { joinRefusal, memberIdRequiredVersion } from '../classic/join-group.ts'
import type { GroupClient, GroupContext, GroupStep } from '../group-context.ts'
import type { TopicPartitions } from '../modern/assignment.ts'
import { classicAssignment } from './classic-assignment.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { type ClassicMemberMetadata, type ConsumerMember, memberStates } from './consumer-member.ts'
import { canDowngradeWithout, downgradeWithSuccessor } from './downgrade.ts'
import { leadToTarget, writeDescription } from './heartbeat.ts'
import { fenceMembers } from './leave.ts'
import { dynamicMember, randomMemberId, staticMember, throwIfFull, throwIfNotOfInstance } from './members.ts'
import { refreshRegexes } from './regexes.ts'
import { refreshTopics, topicsAsKnown } from './subscription.ts'
import { type MemberTarget, targetForHeartbeat } from './target.ts'
import { restartSession, restartSyncTimeout, startJoinTimeout } from './timeouts.ts'

/** JoinGroup. Throws what is wrong with it. */
export function joinConsumerGroup(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  request: JoinGroupRequest,
  client: GroupClient,
  replier: Replier<JoinGroupResponse>,
): void {
  const { groupId } = group
  const { groupInstanceId, protocols, sessionTimeoutMs } = request
  if (context.config.migrationPolicy === 'disabled') {
    const text = `The consumer group ${groupId} takes no members of the classic protocol: group migration is disabled.`
    throw new ProtocolError(errorCodes.INCONSISTENT_GROUP_PROTOCOL, text)
  }
  throwIfFull(group, context.config.consumerSizeMax, request.memberId, groupInstanceId)
  if (!group.supportsClassicProtocols(request.protocolType, protocols)) {
    throw new ProtocolError(errorCodes.INCONSISTENT_GROUP_PROTOCOL, 'No protocol is known to all classic members.')
  }
  const isNamed = request.memberId !== ''
  const memberId = isNamed ? request.memberId : randomMemberId(context)
  if (!isNamed && groupInstanceId === null && client.apiVersion >= memberIdRequiredVersion) {
    step.answer(replier, joinRefusal(errorCodes.MEMBER_ID_REQUIRED, memberId))
    return
  }
  const former =
    groupInstanceId === null
      ? dynamicMember(group, memberId, { isJoining: true })
      : staticMember(step, group, memberId, groupInstanceId, { isJoining: !isNamed, isClassic: true })
  const replaced = group.staticMember(groupInstanceId)
  const isDowngrade = replaced !== undefined && canDowngradeWithout(context, group, replaced)
  const subscription = readSubscription((protocols[0] as { metadata: Uint8Array }).metadata)
  if (subscription === undefined) {
    throw new ProtocolError(errorCodes.INCONSISTENT_GROUP_PROTOCOL, 'The subscription of the member cannot be read.')
  }
  const updated: ConsumerMember = {
    ...former,
    instanceId: groupInstanceId ?? former.instanceId,
    rackId: subscription.rackId === '' || subscription.rackId === null ? former.rackId : subscription.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? former.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    subscribedTopicNames: new Set(subscription.topics),
    subscribedTopicRegex: '',
    clientId: client.clientId,
    clientHost: client.clientHost,
    classic: {
      sessionTimeoutMs,
      // Copies: they outlive the frame that they came in.
      supportedProtocols: protocols.map(({ name, metadata }) => ({ name, metadata: Uint8Array.from(metadata) })),
    },
  }
  const namesChanged = writeDescription(step, groupId, former, updated)
  const regexChange = refreshRegexes(context, step, group, { former, updated, mayDescribe: client.mayDescribe })
  const bump = namesChanged || regexChange !== 'none'
  const topics =
    bump || group.isMetadataExpired(step.now)
      ? refreshTopics(context, step, group, { former, updated, bump })
      : topicsAsKnown(group)
  const owned = ownedById(context, subscription.ownedPartitions)
  const lead = (target: MemberTarget) =>
    leadToTarget(context, step, group, updated, target, { hasSubscriptionChanged: bump, owned })
  let member: ConsumerMember
  if (isDowngrade) {
    // An assignment that is due is not made any more: the leader of the classic group will.
    const needsRebalance = group.assignmentEpoch < topics.groupEpoch
    const target = group.targetOf(memberId, groupInstanceId)
    member = needsRebalance ? updated : lead({ targetEpoch: group.assignmentEpoch, target })
    downgradeWithSuccessor(context, step, group, member, { needsRebalance })
  } else {
    member = lead(targetForHeartbeat(context, step, group, { former, updated, topics }))
    context.memberTimers.cancel('join', groupId, memberId)
    restartSession(context, groupId, memberId, sessionTimeoutMs)
    restartSyncTimeout(context, groupId, memberId, request.rebalanceTimeoutMs)
  }
  step.answer(
    replier,
    createMessage(joinGroupResponse, {
      memberId,
      generationId: member.memberEpoch,
      protocolType: group.protocolType,
      protocolName: (member.classic as ClassicMemberMetadata).supportedProtocols[0]?.name ?? '',
    }),
  )
}

/** SyncGroup. Throws what is wrong with it. */
export function syncWithConsumerGroup(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  request: SyncGroupRequest,
  replier: Replier<SyncGroupResponse>,
): void {
  const { groupId } = group
  const { memberId, protocolType, protocolName } = request
  const member = classicMember(group, memberId, request.groupInstanceId)
  throwIfOtherGeneration(member, request.generationId)
  const { sessionTimeoutMs, supportedProtocols } = member.classic as ClassicMemberMetadata
  const [protocol] = supportedProtocols
  if (
    (protocolType !== null && protocolType !== group.protocolType) ||
    (protocolName !== null && protocolName !== protocol?.name)
  ) {
    throw new ProtocolError(errorCodes.INCONSISTENT_GROUP_PROTOCOL)
  }
  if (group.assignmentEpoch > member.memberEpoch && member.state !== memberStates.UNREVOKED_PARTITIONS) {
    startJoinTimeout(context, groupId, member)
    throw new ProtocolError(errorCodes.REBALANCE_IN_PROGRESS)
  }
  context.memberTimers.cancel('sync', groupId, memberId)
  restartSession(context, groupId, memberId, sessionTimeoutMs)
  const assignment = classicAssignment(context.image, member.assigned, protocol?.metadata)
  step.answer(replier, createMessage(syncGroupResponse, { protocolType, protocolName, assignment }))
}

/** Heartbeat: answers the error code, which tells the member when to join again. */
export function classicHeartbeat(context: GroupContext, group: ConsumerGroup, request: HeartbeatRequest): number {
  const { groupId } = group
  const member = classicMember(group, request.memberId, request.groupInstanceId)
  throwIfOtherGeneration(member, request.generationId)
  const { sessionTimeoutMs } = member.classic as ClassicMemberMetadata
  restartSession(context, groupId, member.memberId, sessionTimeoutMs)
  const isDue =
    member.memberEpoch < group.assignmentEpoch ||
    member.state === memberStates.UNREVOKED_PARTITIONS ||
    (member.state === memberStates.UNRELEASED_PARTITIONS && !group.isWaitingForOthers(member))
  if (!isDue) return errorCodes.NONE
  startJoinTimeout(context, groupId, member)
  return errorCodes.REBALANCE_IN_PROGRESS
}

/** LeaveGroup: members of either protocol, by id or, for an administrator, by instance; each succeeds or fails for itself. */
export function leaveConsumerGroupAsClassic(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  identities: readonly LeaveGroupRequestMemberIdentity[],
): LeaveGroupResponseMemberResponse[] {
  const leaving = new Set<ConsumerMember>()
  const responses = identities.map(({ memberId, groupInstanceId }) => {
    let errorCode: number = errorCodes.NONE
    try {
      leaving.add(memberToLeave(group, memberId, groupInstanceId))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      errorCode = error.errorCode
    }
    return { memberId, groupInstanceId, errorCode }
  })
  fenceMembers(context, step, group, [...leaving])
  return responses
}

function memberToLeave(group: ConsumerGroup, memberId: string, instanceId: string | null): ConsumerMember {
  if (instanceId === null) return group.member(memberId)
  const member = group.staticMember(instanceId)
  return throwIfNotOfInstance(member, memberId === '' ? (member?.memberId ?? '') : memberId, instanceId)
}

/** Throws UNKNOWN_MEMBER_ID, also when the member has gone over to the consumer protocol, and FENCED_INSTANCE_ID. */
function classicMember(group: ConsumerGroup, memberId: string, instanceId: string | null): ConsumerMember {
  const member =
    instanceId === null
      ? group.member(memberId)
      : throwIfNotOfInstance(group.staticMember(instanceId), memberId, instanceId)
  if (member.classic === null) {
    throw new ProtocolError(errorCodes.UNKNOWN_MEMBER_ID, `Member ${memberId} does not use the classic protocol.`)
  }
  return member
}

function throwIfOtherGeneration(member: ConsumerMember, generationId: number): void {
  if (generationId !== member.memberEpoch) throw new ProtocolError(errorCodes.ILLEGAL_GENERATION)
}

function ownedById(
  context: GroupContext,
  owned: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
): TopicPartitions[] {
  return owned.flatMap(({ topic, partitions }) => {
    const topicId = context.image.topicsByName.get(topic)?.id
    return topicId === undefined ? [] : [{ topicId, partitions: [...partitions] }]
  })
}
