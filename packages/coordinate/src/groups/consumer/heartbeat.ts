/** ConsumerGroupHeartbeat: a member joins, lives, changes what it subscribes to, and is led to its assignment. */
import {
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeatResponse,
  createMessage,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import type { GroupClient, GroupContext, GroupStep } from '../group-context.ts'
import { isSameEpochAssignment, type TopicPartitions, topicPartitionsOf } from '../modern/assignment.ts'
import { isSameSet } from '../modern/sets.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import {
  type ConsumerMember,
  isReconciledTo,
  isSameDescription,
  isSameProgress,
  memberEpochs,
  memberStates,
  ownsNoMoreThan,
} from './consumer-member.ts'
import { memberRecord, progressRecord } from './consumer-records.ts'
import { leaveConsumerGroup } from './leave.ts'
import { dynamicMember, randomMemberId, staticMember, throwIfFull } from './members.ts'
import { reconcile } from './reconcile.ts'
import { refreshRegexes } from './regexes.ts'
import { refreshTopics, subscribedTopicIds, topicsAsKnown } from './subscription.ts'
import { type MemberTarget, targetForHeartbeat } from './target.ts'
import { restartRebalanceTimeout, restartSession } from './timeouts.ts'
import { consumerGroupForHeartbeat } from './upgrade.ts'

/** Answers one heartbeat. Throws what is wrong with it; the request itself has been checked. */
export function consumerGroupHeartbeat(
  context: GroupContext,
  step: GroupStep,
  request: ConsumerGroupHeartbeatRequest,
  client: GroupClient,
): ConsumerGroupHeartbeatResponse {
  const { memberEpoch } = request
  return memberEpoch === memberEpochs.LEAVE || memberEpoch === memberEpochs.LEAVE_STATIC
    ? leaveConsumerGroup(context, step, request)
    : joinOrLive(context, step, request, client)
}

function joinOrLive(
  context: GroupContext,
  step: GroupStep,
  request: ConsumerGroupHeartbeatRequest,
  client: GroupClient,
): ConsumerGroupHeartbeatResponse {
  const { groupId, memberEpoch, instanceId } = request
  const isJoining = memberEpoch === memberEpochs.JOIN
  const group = consumerGroupForHeartbeat(context, step, groupId, { isJoining })
  const { consumerSizeMax } = context.config
  throwIfFull(group, consumerSizeMax, request.memberId, instanceId)
  // A client of version 0 may leave it to us to name it.
  const memberId = request.memberId === '' ? randomMemberId(context) : request.memberId
  const former =
    instanceId === null
      ? dynamicMember(group, memberId, { isJoining })
      : staticMember(step, group, memberId, instanceId, { isJoining, isClassic: false })
  throwIfEpochIsWrong(former, memberEpoch, request.topicPartitions)
  const updated: ConsumerMember = {
    ...former,
    instanceId: instanceId ?? former.instanceId,
    rackId: request.rackId ?? former.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? former.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    serverAssignor: request.serverAssignor ?? former.serverAssignor,
    subscribedTopicNames:
      request.subscribedTopicNames === null ? former.subscribedTopicNames : new Set(request.subscribedTopicNames),
    subscribedTopicRegex: request.subscribedTopicRegex ?? former.subscribedTopicRegex,
    clientId: client.clientId,
    clientHost: client.clientHost,
    classic: null,
  }
  const namesChanged = writeDescription(step, groupId, former, updated)
  const regexChange = refreshRegexes(context, step, group, { former, updated, mayDescribe: client.mayDescribe })
  const [standard] = context.config.consumerAssignors
  const assignorChanged =
    (group.preferredAssignor(former, updated) ?? standard) !== (group.preferredAssignor() ?? standard)
  const bump = namesChanged || regexChange === 'resolved' || assignorChanged
  const topics =
    bump || group.isMetadataExpired(step.now)
      ? refreshTopics(context, step, group, { former, updated, bump })
      : topicsAsKnown(group)
  const target = targetForHeartbeat(context, step, group, { former, updated, topics })
  const member = leadToTarget(context, step, group, updated, target, {
    hasSubscriptionChanged: namesChanged || regexChange !== 'none',
    owned: request.topicPartitions,
  })
  const { sessionTimeoutMs, heartbeatIntervalMs } = context.config.consumerGroup(groupId)
  restartSession(context, groupId, memberId, sessionTimeoutMs)
  // Who sends everything has lost track, and hears everything.
  const saysAll =
    request.rebalanceTimeoutMs !== -1 &&
    (request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null) &&
    request.topicPartitions !== null
  const isTold = isJoining || saysAll || !isSameEpochAssignment(former.assigned, member.assigned)
  return createMessage(consumerGroupHeartbeatResponse, {
    memberId,
    memberEpoch: member.memberEpoch,
    heartbeatIntervalMs,
    assignment: isTold ? { topicPartitions: topicPartitionsOf(member.assigned) } : null,
  })
}

/** Throws FENCED_MEMBER_EPOCH. The epoch before is let pass when the answer that told the present one may have been lost. */
function throwIfEpochIsWrong(
  member: ConsumerMember,
  receivedEpoch: number,
  owned: readonly TopicPartitions[] | null,
): void {
  const { memberEpoch } = member
  if (receivedEpoch === memberEpochs.JOIN || receivedEpoch === memberEpoch) return
  const mayBeRepeated =
    receivedEpoch < memberEpoch &&
    receivedEpoch === member.previousMemberEpoch &&
    owned !== null &&
    ownsNoMoreThan(owned, member.assigned)
  if (mayBeRepeated) return
  const relation = receivedEpoch > memberEpoch ? 'greater' : 'smaller'
  const text = `The member epoch ${receivedEpoch} is ${relation} than the one known here (${memberEpoch}): the member must give up all its partitions and join again.`
  throw new ProtocolError(errorCodes.FENCED_MEMBER_EPOCH, text)
}

/** Writes down what the member says of itself, if it is news. True: the topics that it names are others. */
export function writeDescription(
  step: GroupStep,
  groupId: string,
  former: ConsumerMember,
  updated: ConsumerMember,
): boolean {
  if (isSameDescription(former, updated)) return false
  step.append(memberRecord(groupId, updated))
  return !isSameSet(former.subscribedTopicNames, updated.subscribedTopicNames)
}

/** Leads the member a step towards its target, and writes that down. */
export function leadToTarget(
  context: GroupContext,
  step: GroupStep,
  group: ConsumerGroup,
  member: ConsumerMember,
  { targetEpoch, target }: MemberTarget,
  options: { readonly hasSubscriptionChanged: boolean; readonly owned: readonly TopicPartitions[] | null },
): ConsumerMember {
  if (!options.hasSubscriptionChanged && isReconciledTo(member, targetEpoch)) return member
  const next = reconcile(member, {
    targetEpoch,
    target,
    subscribedTopicIds: subscribedTopicIds(context.image, member, group.resolvedRegexes),
    ...options,
    isOwned: (topicId, partition) => group.isOwned(topicId, partition),
  })
  if (isSameProgress(member, next)) return next
  const { groupId } = group
  step.append(progressRecord(groupId, next))
  if (next.classic !== null) return next
  if (next.state === memberStates.UNREVOKED_PARTITIONS) restartRebalanceTimeout(context, groupId, next)
  else context.memberTimers.cancel('rebalance', groupId, next.memberId)
  return next
}
