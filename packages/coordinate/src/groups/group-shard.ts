import { assertNever, type Logger, type Prng } from '@dorsale/base'
import {
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
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '@dorsale/protocol'
import type { CoordinatorShard, RecordOrigin, ShardTimers } from '../shard/coordinator-shard.ts'
import type { Replier } from '../shard/step.ts'
import { ClassicGroup } from './classic/classic-group.ts'
import { groupFromRecord } from './classic/classic-records.ts'
import { heartbeat } from './classic/heartbeat.ts'
import { joinGroup } from './classic/join-group.ts'
import { leaveGroup } from './classic/leave-group.ts'
import { prepareRebalance, restartSession } from './classic/rebalance.ts'
import { syncGroup } from './classic/sync-group.ts'
import { describeGroup, listGroups } from './describe-groups.ts'
import type { GroupConfig } from './group-config.ts'
import type { Group, GroupClient, GroupContext, GroupStep } from './group-context.ts'
import { type GroupRecord, groupTombstone } from './group-records.ts'
import { type CommitRequest, commitOffsets } from './offsets/commit-offsets.ts'
import { deleteAllOffsets, deleteOffsets, deleteOffsetsOfTopic, expireOffsets } from './offsets/delete-offsets.ts'
import { fetchAllOffsets, fetchOffsets } from './offsets/fetch-offsets.ts'
import { OffsetStore } from './offsets/offset-store.ts'

export interface GroupShardOptions {
  readonly config: GroupConfig
  readonly timers: ShardTimers<GroupRecord>
  readonly prng: Prng
  readonly logger: Logger
}

/**
 * The groups of one partition of the offsets topic, with what they have committed. One method per request: given the state as appended so far, which
 * records make the request true, and what is answered.
 *
 * Methods throw a `ProtocolError` when the whole request fails. What they answer by a `Replier` may come much later.
 */
export class GroupShard implements CoordinatorShard<GroupRecord> {
  readonly #context: GroupContext
  readonly #groups = new Map<string, Group>()
  readonly #offsets = new OffsetStore()
  #isLoaded = false

  constructor(options: GroupShardOptions) {
    this.#context = { ...options, groups: this.#groups }
  }

  joinGroup(
    step: GroupStep,
    request: JoinGroupRequest,
    client: GroupClient,
    replier: Replier<JoinGroupResponse>,
  ): void {
    joinGroup(this.#context, step, request, client, replier)
  }

  syncGroup(step: GroupStep, request: SyncGroupRequest, replier: Replier<SyncGroupResponse>): void {
    syncGroup(this.#context, step, this.#groupOfMember(request.groupId), request, replier)
  }

  /** Answers the error code. */
  heartbeat(request: HeartbeatRequest): number {
    return heartbeat(this.#context, this.#groupOfMember(request.groupId), request)
  }

  leaveGroup(
    step: GroupStep,
    groupId: string,
    members: readonly LeaveGroupRequestMemberIdentity[],
  ): LeaveGroupResponseMemberResponse[] {
    return leaveGroup(this.#context, step, this.#groupOfMember(groupId), members)
  }

  commitOffsets(step: GroupStep, request: CommitRequest, apiVersion: number): OffsetCommitResponseTopic[] {
    return commitOffsets(this.#context, step, request, apiVersion)
  }

  /** `topics` null: all that the group has committed. */
  fetchOffsets(
    groupId: string,
    topics: readonly OffsetFetchRequestTopics[] | null,
    options: { requireStable: boolean },
  ): OffsetFetchResponseTopics[] {
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
    step.append(groupTombstone('GroupMetadata', { group: groupId }))
  }

  /** Topics are gone: so are the offsets that were committed for them. */
  topicsDeleted(step: GroupStep, topics: readonly { readonly name: string; readonly id: string }[]): void {
    step.isDivisible = true
    for (const topic of topics) deleteOffsetsOfTopic(this.#offsets, step, topic)
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
      default:
        assertNever(record)
    }
  }

  endTransaction(producerId: bigint, committed: boolean): void {
    this.#offsets.endTransaction(producerId, committed)
  }

  onLoaded(step: GroupStep): void {
    this.#isLoaded = true
    for (const group of this.#groups.values()) {
      // Members have their whole session to be heard of again.
      for (const member of group.members.values()) restartSession(this.#context, group, member)
      if (group.members.size > this.#context.config.classicSizeMax) prepareRebalance(this.#context, step, group)
    }
    this.#scheduleExpiry()
  }

  unload(error: ProtocolError): void {
    for (const group of this.#groups.values()) {
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
      known?.dispose()
      this.#groups.delete(groupId)
    } else if (known !== undefined && this.#isLoaded) {
      known.settle(value, origin.timestampMs)
    } else {
      this.#groups.set(groupId, groupFromRecord(groupId, value))
    }
  }

  #groupOfMember(groupId: string): ClassicGroup {
    const group = this.#groups.get(groupId)
    if (group === undefined) throw new ProtocolError(errorCodes.UNKNOWN_MEMBER_ID)
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
      if (nothingLeft && group.isEmpty) step.append(groupTombstone('GroupMetadata', { group: group.groupId }))
    }
  }
}
