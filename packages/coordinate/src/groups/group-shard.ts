import type { Logger, Prng } from '@dorsale/base'
import {
  type AlterShareGroupOffsetsRequestTopic,
  type ConsumerGroupDescribeResponseDescribedGroup,
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  type DescribeGroupsResponseDescribedGroup,
  errorCodes,
  type GroupMetadataValue,
  type HeartbeatRequest,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type LeaveGroupRequestMemberIdentity,
  type LeaveGroupResponseMemberResponse,
  type ListGroupsRequest,
  type ListGroupsResponseListedGroup,
  type OffsetCommitResponseTopic,
  type OffsetDeleteRequestTopic,
  type OffsetDeleteResponseTopic,
  type OffsetFetchRequestTopics,
  type OffsetFetchResponseTopics,
  ProtocolError,
  type ShareGroupDescribeResponseDescribedGroup,
  type ShareGroupHeartbeatRequest,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '@dorsale/protocol'
import type { MetadataDelta } from '../metadata/image.ts'
import type { CoordinatorShard, RecordOrigin, ShardTimers } from '../shard/coordinator-shard.ts'
import type { Replier } from '../shard/step.ts'
import { ClassicGroup } from './classic/classic-group.ts'
import { groupFromRecord } from './classic/classic-records.ts'
import { heartbeat } from './classic/heartbeat.ts'
import { joinGroup, joinRefusal } from './classic/join-group.ts'
import { leaveGroup } from './classic/leave-group.ts'
import { prepareRebalance, restartSession } from './classic/rebalance.ts'
import { syncGroup } from './classic/sync-group.ts'
import {
  classicHeartbeat,
  joinConsumerGroup,
  leaveConsumerGroupAsClassic,
  syncWithConsumerGroup,
} from './consumer/classic-members.ts'
import { ConsumerGroup } from './consumer/consumer-group.ts'
import { memberStates } from './consumer/consumer-member.ts'
import { type ConsumerGroupRecord, groupTombstones, replayOnConsumerGroup } from './consumer/consumer-records.ts'
import { describeConsumerGroup } from './consumer/describe.ts'
import { consumerGroupHeartbeat } from './consumer/heartbeat.ts'
import { restartSession as restartConsumerSession, restartRebalanceTimeout } from './consumer/timeouts.ts'
import { describeGroup, listGroups } from './describe-groups.ts'
import type { GroupConfig } from './group-config.ts'
import type { Group, GroupClient, GroupContext, GroupStep } from './group-context.ts'
import { type GroupRecord, groupTombstone } from './group-records.ts'
import { MemberTimers } from './modern/member-timers.ts'
import { type GroupMetadataImage, TopicHashes } from './modern/topic-hashes.ts'
import { type CommitRequest, commitOffsets } from './offsets/commit-offsets.ts'
import { deleteAllOffsets, deleteOffsets, deleteOffsetsOfTopic, expireOffsets } from './offsets/delete-offsets.ts'
import { checkFetch, fetchAllOffsets, fetchOffsets, type OffsetReader } from './offsets/fetch-offsets.ts'
import { OffsetStore } from './offsets/offset-store.ts'
import {
  type AlteredOffsets,
  alterShareOffsets,
  type ForgottenOffsets,
  forgetShareOffsets,
  shareOffsetsForgotten,
} from './share/alter-offsets.ts'
import { describeShareGroup } from './share/describe.ts'
import { restartShareSession, type ShareHeartbeatOutcome, shareGroupHeartbeat } from './share/heartbeat.ts'
import { ShareGroup } from './share/share-group.ts'
import {
  replayOnShareGroup,
  type ShareGroupRecord,
  groupTombstones as shareGroupTombstones,
} from './share/share-records.ts'
import {
  forgetAll,
  forgetTopics,
  type SharePartitionRef,
  stateInitialized,
  stateNotInitialized,
} from './share/state-partitions.ts'

export interface GroupShardOptions {
  readonly config: GroupConfig
  readonly timers: ShardTimers<GroupRecord>
  readonly prng: Prng
  readonly logger: Logger
  /** Committed metadata of the cluster. */
  readonly image: GroupMetadataImage
  /** A member of a share group is gone: what is with it may go to others. `isEmpty`: it was the last one. Default: nobody is told. */
  onShareMemberLeft?(groupId: string, memberId: string, options: { readonly isEmpty: boolean }): void
}

/**
 * The groups of one partition of the offsets topic, with what they have committed. One method per request: given the state as appended so far, which
 * records make the request true, and what is answered.
 *
 * Methods throw a `ProtocolError` when the whole request fails. What they answer by a `Replier` may come much later.
 */
export class GroupShard implements CoordinatorShard<GroupRecord> {
  readonly #options: GroupShardOptions
  readonly #context: GroupContext
  readonly #groups = new Map<string, Group>()
  readonly #offsets = new OffsetStore()
  #isLoaded = false
  /** Offset of the last metadata image in which a topic was new, as far as the shard has seen. */
  #newTopicsOffset: number

  constructor(options: GroupShardOptions) {
    this.#options = options
    this.#newTopicsOffset = options.image.offset
    this.#context = {
      ...options,
      groups: this.#groups,
      topicHashes: new TopicHashes(options.image),
      memberTimers: new MemberTimers(options.timers),
      resolvingRegexes: new Set(),
      newTopicsOffset: () => this.#newTopicsOffset,
    }
  }

  /** Members of all groups, of every kind. */
  get memberCount(): number {
    let count = 0
    for (const { members } of this.#groups.values()) count += members.size
    return count
  }

  consumerGroupHeartbeat(
    step: GroupStep,
    request: ConsumerGroupHeartbeatRequest,
    client: GroupClient,
  ): ConsumerGroupHeartbeatResponse {
    return consumerGroupHeartbeat(this.#context, step, request, client)
  }

  describeConsumerGroup(groupId: string): ConsumerGroupDescribeResponseDescribedGroup {
    return describeConsumerGroup(this.#context, groupId)
  }

  shareGroupHeartbeat(
    step: GroupStep,
    request: ShareGroupHeartbeatRequest,
    client: GroupClient,
  ): ShareHeartbeatOutcome {
    return shareGroupHeartbeat(this.#context, step, request, client)
  }

  describeShareGroup(groupId: string): ShareGroupDescribeResponseDescribedGroup {
    return describeShareGroup(this.#context, groupId)
  }

  /** What the share coordinator made of an initialization. A group that is gone meanwhile is passed over. */
  shareStateSettled(
    step: GroupStep,
    groupId: string,
    outcome: { readonly initialized: readonly SharePartitionRef[]; readonly failed: readonly SharePartitionRef[] },
  ): void {
    const group = this.#groups.get(groupId)
    if (group?.kind !== 'share') return
    if (outcome.initialized.length > 0) stateInitialized(step, group, outcome.initialized)
    else stateNotInitialized(step, group, outcome.failed)
  }

  alterShareOffsets(
    step: GroupStep,
    groupId: string,
    topics: readonly AlterShareGroupOffsetsRequestTopic[],
  ): AlteredOffsets {
    return alterShareOffsets(this.#context, step, groupId, topics)
  }

  forgetShareOffsets(step: GroupStep, groupId: string, topicNames: readonly string[]): ForgottenOffsets {
    return forgetShareOffsets(this.#context, step, groupId, topicNames)
  }

  /** The share coordinator has forgotten these topics. A group that is gone meanwhile is passed over. */
  shareOffsetsForgotten(step: GroupStep, groupId: string, topicIds: ReadonlySet<string>): void {
    const group = this.#groups.get(groupId)
    if (group?.kind === 'share') shareOffsetsForgotten(step, group, topicIds)
  }

  /** Partitions whose state the share coordinator keeps for the group; none when it is not there. */
  sharePartitions(groupId: string): SharePartitionRef[] {
    const group = this.#groups.get(groupId)
    if (group?.kind !== 'share') return []
    return [...group.initialized].flatMap(([topicId, { partitions }]) =>
      [...partitions].map(partition => ({ topicId, partition })),
    )
  }

  /**
   * The group is about to be deleted: what the share coordinator has to forget first, which is written down. Nothing for groups of other kinds, and for
   * those that are not there. Throws NON_EMPTY_GROUP.
   */
  forgetSharePartitions(step: GroupStep, groupId: string): SharePartitionRef[] {
    const group = this.#groups.get(groupId)
    if (group?.kind !== 'share') return []
    if (!group.isEmpty) throw new ProtocolError(errorCodes.NON_EMPTY_GROUP)
    return forgetAll(step, group)
  }

  joinGroup(
    step: GroupStep,
    request: JoinGroupRequest,
    client: GroupClient,
    replier: Replier<JoinGroupResponse>,
  ): void {
    const group = this.#groups.get(request.groupId)
    if (group === undefined || group.kind === 'classic') {
      joinGroup(this.#context, step, group, request, client, replier)
    } else if (group.kind === 'share') {
      step.answer(replier, joinRefusal(errorCodes.INCONSISTENT_GROUP_PROTOCOL))
    } else if (!group.isEmpty) {
      joinConsumerGroup(this.#context, step, group, request, client, replier)
    } else {
      // Nobody is in it: it makes room for a classic group of its name.
      for (const tombstone of groupTombstones(group)) step.append(tombstone)
      this.#groups.delete(group.groupId)
      joinGroup(this.#context, step, undefined, request, client, replier)
    }
  }

  syncGroup(step: GroupStep, request: SyncGroupRequest, replier: Replier<SyncGroupResponse>): void {
    const group = this.#groupOfMember(request.groupId)
    if (group.kind === 'classic') syncGroup(this.#context, step, group, request, replier)
    else syncWithConsumerGroup(this.#context, step, group, request, replier)
  }

  /** Answers the error code. */
  heartbeat(request: HeartbeatRequest): number {
    const group = this.#groupOfMember(request.groupId)
    return group.kind === 'classic'
      ? heartbeat(this.#context, group, request)
      : classicHeartbeat(this.#context, group, request)
  }

  leaveGroup(
    step: GroupStep,
    groupId: string,
    members: readonly LeaveGroupRequestMemberIdentity[],
  ): LeaveGroupResponseMemberResponse[] {
    const group = this.#groupOfMember(groupId)
    return group.kind === 'classic'
      ? leaveGroup(this.#context, step, group, members)
      : leaveConsumerGroupAsClassic(this.#context, step, group, members)
  }

  commitOffsets(step: GroupStep, request: CommitRequest, apiVersion: number): OffsetCommitResponseTopic[] {
    return commitOffsets(this.#context, step, request, apiVersion)
  }

  /** `topics` null: all that the group has committed. Throws UNKNOWN_MEMBER_ID and STALE_MEMBER_EPOCH. */
  fetchOffsets(
    reader: OffsetReader,
    topics: readonly OffsetFetchRequestTopics[] | null,
    options: { requireStable: boolean },
  ): OffsetFetchResponseTopics[] {
    const { groupId } = reader
    checkFetch(this.#groups.get(groupId), reader)
    return topics === null
      ? fetchAllOffsets(this.#offsets, groupId, options)
      : fetchOffsets(this.#offsets, groupId, topics, options)
  }

  deleteOffsets(
    step: GroupStep,
    groupId: string,
    topics: readonly OffsetDeleteRequestTopic[],
  ): OffsetDeleteResponseTopic[] {
    return deleteOffsets(this.#offsets, step, this.#groups.get(groupId), topics)
  }

  describeGroup(groupId: string, apiVersion: number): DescribeGroupsResponseDescribedGroup {
    return describeGroup(groupId, this.#groups.get(groupId), apiVersion)
  }

  listGroups(request: ListGroupsRequest): ListGroupsResponseListedGroup[] {
    return listGroups(this.#groups.values(), request)
  }

  /** The group with its offsets. Throws GROUP_ID_NOT_FOUND and NON_EMPTY_GROUP. */
  deleteGroup(step: GroupStep, groupId: string): void {
    const group = this.#groups.get(groupId)
    if (group === undefined) throw new ProtocolError(errorCodes.GROUP_ID_NOT_FOUND)
    if (!group.isEmpty) throw new ProtocolError(errorCodes.NON_EMPTY_GROUP)
    deleteAllOffsets(this.#offsets, step, groupId)
    for (const tombstone of tombstonesOf(group)) step.append(tombstone)
  }

  /** Topics have changed: groups that read them look at them with the next heartbeat. */
  metadataChanged({ fromSnapshot, changedTopics, removedTopics }: MetadataDelta): void {
    const { image } = this.#context
    const changed = [...changedTopics].flatMap(id => image.topicsById.get(id) ?? [])
    // The first partition epoch of a partition is that of its creation.
    const isNew = changed.some(({ partitions }) => partitions.every(({ partitionEpoch }) => partitionEpoch === 0))
    if (fromSnapshot || isNew) this.#newTopicsOffset = image.offset
    const names = new Set([...changed, ...removedTopics].map(({ name }) => name))
    if (names.size === 0) return
    for (const group of this.#groups.values()) {
      if (group.kind !== 'classic' && isSubscribedToAny(group, names)) group.requestMetadataRefresh()
    }
  }

  /** Topics are gone: so are the offsets that were committed for them. */
  topicsDeleted(step: GroupStep, topics: readonly { readonly name: string; readonly id: string }[]): void {
    step.isDivisible = true
    for (const topic of topics) deleteOffsetsOfTopic(this.#offsets, step, topic)
    const topicIds = new Set(topics.map(({ id }) => id))
    for (const group of this.#groups.values()) if (group.kind === 'share') forgetTopics(step, group, topicIds)
  }

  replay(record: GroupRecord, origin: RecordOrigin): void {
    switch (record.type) {
      case 'OffsetCommit':
        this.#offsets.replay(record.key, record.value, origin)
        // Whoever commits without joining has a group all the same: a simple one, of which no other record tells.
        if (record.value !== null && !this.#groups.has(record.key.group)) {
          this.#groups.set(record.key.group, new ClassicGroup(record.key.group, record.value.commitTimestamp))
        }
        return
      case 'GroupMetadata':
        this.#replayClassicGroup(record.key.group, record.value, origin)
        return
      case 'ShareGroupMetadata':
      case 'ShareGroupMemberMetadata':
      case 'ShareGroupTargetAssignmentMetadata':
      case 'ShareGroupTargetAssignmentMember':
      case 'ShareGroupCurrentMemberAssignment':
      case 'ShareGroupStatePartitionMetadata':
        this.#replayShareGroup(record, origin)
        return
      default:
        this.#replayConsumerGroup(record)
    }
  }

  endTransaction(producerId: bigint, committed: boolean): void {
    this.#offsets.endTransaction(producerId, committed)
  }

  onLoaded(step: GroupStep): void {
    this.#isLoaded = true
    for (const group of this.#groups.values()) {
      // Members have their whole session to be heard of again.
      if (group.kind === 'classic') this.#restartClassicSessions(step, group)
      else if (group.kind === 'consumer') this.#restartConsumerSessions(group)
      else this.#restartShareSessions(group)
    }
    this.#scheduleExpiry()
  }

  unload(error: ProtocolError): void {
    for (const group of this.#groups.values()) {
      if (group.kind !== 'classic') continue
      group.dispose()
      for (const member of group.members.values()) {
        member.awaitingJoin?.fail(error)
        member.awaitingSync?.fail(error)
      }
    }
  }

  #replayClassicGroup(groupId: string, value: GroupMetadataValue | null, origin: RecordOrigin): void {
    const known = this.#groups.get(groupId)
    if (value === null) {
      // It has been a group of another kind since, when it is read in the log.
      if (known?.kind !== 'classic') return
      known.dispose()
      this.#groups.delete(groupId)
    } else if (known?.kind === 'classic' && this.#isLoaded) {
      known.settle(value, origin.timestampMs)
    } else {
      this.#groups.set(groupId, groupFromRecord(groupId, value))
    }
  }

  #replayConsumerGroup(record: ConsumerGroupRecord): void {
    const { groupId } = record.key
    const known = this.#groups.get(groupId)
    if (known?.kind === 'consumer') {
      if (record.type === 'ConsumerGroupMetadata' && record.value === null) this.#groups.delete(groupId)
      else replayOnConsumerGroup(known, record)
      return
    }
    // A classic group that has just taken the place of this one; or, in a log that was compacted, what is left of a group that is gone.
    if (record.value === null || (known !== undefined && this.#isLoaded)) return
    const group = new ConsumerGroup(groupId)
    this.#groups.set(groupId, group)
    replayOnConsumerGroup(group, record)
  }

  #replayShareGroup(record: ShareGroupRecord, origin: RecordOrigin): void {
    const { groupId } = record.key
    const known = this.#groups.get(groupId)
    if (known?.kind === 'share') {
      if (record.type === 'ShareGroupMetadata' && record.value === null) this.#groups.delete(groupId)
      else replayOnShareGroup(known, record, origin)
      if (record.type !== 'ShareGroupMemberMetadata' || record.value !== null || !this.#isLoaded) return
      this.#onShareMemberLeft(record.key.memberId, known)
      return
    }
    // In a log that was compacted, what is left of a group that is gone.
    if (record.value === null) return
    const group = new ShareGroup(groupId)
    this.#groups.set(groupId, group)
    replayOnShareGroup(group, record, origin)
  }

  #onShareMemberLeft(memberId: string, { groupId, isEmpty }: ShareGroup): void {
    this.#options.onShareMemberLeft?.(groupId, memberId, { isEmpty })
  }

  #restartShareSessions(group: ShareGroup): void {
    const { groupId } = group
    const { sessionTimeoutMs } = this.#context.config.shareGroup(groupId)
    for (const memberId of group.members.keys()) restartShareSession(this.#context, groupId, memberId, sessionTimeoutMs)
  }

  #restartClassicSessions(step: GroupStep, group: ClassicGroup): void {
    for (const member of group.members.values()) restartSession(this.#context, group, member)
    if (group.members.size > this.#context.config.classicSizeMax) prepareRebalance(this.#context, step, group)
  }

  #restartConsumerSessions(group: ConsumerGroup): void {
    const { groupId } = group
    const { sessionTimeoutMs } = this.#context.config.consumerGroup(groupId)
    for (const member of group.members.values()) {
      restartConsumerSession(this.#context, groupId, member.memberId, sessionTimeoutMs)
      if (member.state === memberStates.UNREVOKED_PARTITIONS) restartRebalanceTimeout(this.#context, groupId, member)
    }
  }

  #groupOfMember(groupId: string): ClassicGroup | ConsumerGroup {
    const group = this.#groups.get(groupId)
    if (group === undefined || group.kind === 'share') throw new ProtocolError(errorCodes.UNKNOWN_MEMBER_ID)
    return group
  }

  #scheduleExpiry(): void {
    this.#context.timers.set(this.#context.config.offsetsRetentionCheckIntervalMs, step => {
      this.#expire(step)
      this.#scheduleExpiry()
    })
  }

  #expire(step: GroupStep): void {
    step.isDivisible = true
    for (const group of this.#groups.values()) {
      const nothingLeft = expireOffsets(this.#context, this.#offsets, step, group)
      if (nothingLeft && group.isEmpty) for (const tombstone of tombstonesOf(group)) step.append(tombstone)
    }
  }
}

/** Of a group without members. */
function tombstonesOf(group: Group): GroupRecord[] {
  if (group.kind === 'classic') return [groupTombstone('GroupMetadata', { group: group.groupId })]
  return group.kind === 'consumer' ? groupTombstones(group) : shareGroupTombstones(group)
}

function isSubscribedToAny(group: ConsumerGroup | ShareGroup, topics: ReadonlySet<string>): boolean {
  for (const topic of topics) if (group.isSubscribedTo(topic)) return true
  return false
}
