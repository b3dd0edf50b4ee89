/**
 * The coordinator of a fake cluster: classic groups with sessions and rebalance timeouts, and committed offsets, in memory, as far as tests of a client need them.
 */
import type { Clock, Timer } from '@dorsale/base'
import {
  errorCodes,
  type HeartbeatRequest,
  type JoinGroupRequest,
  type joinGroupResponse,
  type LeaveGroupRequest,
  type leaveGroupResponse,
  type OffsetCommitRequest,
  type OffsetFetchRequest,
  type offsetCommitResponse,
  type offsetFetchResponse,
  type PartialMessage,
  type SyncGroupRequest,
  type syncGroupResponse,
} from '@dorsale/protocol'
import { FakeConsumerGroups, type FakeTopics } from './fake-consumer-groups.ts'

interface Member {
  readonly memberId: string
  readonly groupInstanceId: string | null
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: JoinGroupRequest['protocols']
  assignment: Uint8Array
  session: Timer | undefined
  /** Answers a join, or a sync, that waits. */
  join: ((answer: PartialMessage<typeof joinGroupResponse>) => void) | undefined
  sync: ((answer: PartialMessage<typeof syncGroupResponse>) => void) | undefined
}

class FakeGroup {
  readonly members = new Map<string, Member>()
  generationId = 0
  state: 'empty' | 'preparing' | 'completing' | 'stable' = 'empty'
  leader = ''
  protocolName = ''
  deadline: Timer | undefined
  /** By `topic-partition`. */
  readonly offsets = new Map<string, { offset: number; leaderEpoch: number; metadata: string }>()
}

/** The first version of JoinGroup that tells a leader to leave the assignment as it is. */
const skipAssignmentVersion = 9

export class FakeGroups {
  readonly #clock: Clock
  readonly #groups = new Map<string, FakeGroup>()
  /** Groups of the consumer protocol. */
  readonly modern: FakeConsumerGroups
  #nextMember = 1
  /** Ids that were given out, and nobody has joined under yet. */
  readonly #promised = new Set<string>()

  constructor(clock: Clock, topics: FakeTopics) {
    this.#clock = clock
    this.modern = new FakeConsumerGroups(clock, topics)
  }

  group(groupId: string): FakeGroup {
    let group = this.#groups.get(groupId)
    if (group === undefined) {
      group = new FakeGroup()
      this.#groups.set(groupId, group)
    }
    return group
  }

  join(request: JoinGroupRequest, version: number): Promise<PartialMessage<typeof joinGroupResponse>> {
    const group = this.group(request.groupId)
    const { groupInstanceId, protocols, sessionTimeoutMs, rebalanceTimeoutMs } = request
    let { memberId } = request
    const known = [...group.members.values()].find(
      each => each.groupInstanceId === groupInstanceId && groupInstanceId !== null,
    )
    if (memberId === '' && known !== undefined && group.state === 'stable' && version >= skipAssignmentVersion) {
      return Promise.resolve(this.#replaceStatic(group, known, request))
    }
    if (memberId === '' && known !== undefined) {
      // A static member is back: it takes the place of who was there.
      group.members.delete(known.memberId)
      known.session?.cancel()
    } else if (memberId !== '' && known !== undefined && known.memberId !== memberId) {
      return Promise.resolve({ errorCode: errorCodes.FENCED_INSTANCE_ID })
    } else if (memberId === '' && version >= 4 && groupInstanceId === null) {
      const promised = `m${this.#nextMember++}`
      this.#promised.add(promised)
      return Promise.resolve({ errorCode: errorCodes.MEMBER_ID_REQUIRED, memberId: promised })
    } else if (memberId !== '' && !group.members.has(memberId) && !this.#promised.delete(memberId)) {
      return Promise.resolve({ errorCode: errorCodes.UNKNOWN_MEMBER_ID })
    }
    if (memberId === '') memberId = `${groupInstanceId ?? ''}m${this.#nextMember++}`
    const member: Member = group.members.get(memberId) ?? {
      memberId,
      groupInstanceId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      protocols,
      assignment: new Uint8Array(0),
      session: undefined,
      join: undefined,
      sync: undefined,
    }
    Object.assign(member, { sessionTimeoutMs, rebalanceTimeoutMs, protocols })
    group.members.set(memberId, member)
    member.session?.cancel()
    const answer = new Promise<PartialMessage<typeof joinGroupResponse>>(resolve => {
      member.join = resolve
    })
    this.#prepare(group)
    this.#completeJoin(group)
    return answer
  }

  sync(request: SyncGroupRequest): Promise<PartialMessage<typeof syncGroupResponse>> {
    const group = this.group(request.groupId)
    const errorCode = this.#check(group, request)
    if (errorCode !== errorCodes.NONE) return Promise.resolve({ errorCode })
    if (group.state === 'preparing') return Promise.resolve({ errorCode: errorCodes.REBALANCE_IN_PROGRESS })
    const member = group.members.get(request.memberId)!
    this.#restartSession(group, member)
    if (group.state === 'stable') return Promise.resolve({ assignment: member.assignment })
    const answer = new Promise<PartialMessage<typeof syncGroupResponse>>(resolve => {
      member.sync = resolve
    })
    if (request.memberId === group.leader) {
      group.state = 'stable'
      for (const each of group.members.values()) {
        each.assignment =
          request.assignments.find(({ memberId }) => memberId === each.memberId)?.assignment.slice() ??
          new Uint8Array(0)
        each.sync?.({ assignment: each.assignment })
        each.sync = undefined
      }
    }
    return answer
  }

  heartbeat(request: HeartbeatRequest): { errorCode: number } {
    const group = this.group(request.groupId)
    const errorCode = this.#check(group, request)
    if (errorCode !== errorCodes.NONE) return { errorCode }
    this.#restartSession(group, group.members.get(request.memberId)!)
    return { errorCode: group.state === 'preparing' ? errorCodes.REBALANCE_IN_PROGRESS : errorCodes.NONE }
  }

  leave({ groupId, memberId, members }: LeaveGroupRequest): PartialMessage<typeof leaveGroupResponse> {
    const group = this.group(groupId)
    const leaving = members.length > 0 ? members : [{ memberId, groupInstanceId: null }]
    for (const each of leaving) this.#remove(group, each.memberId)
    if (members.length === 0) return {}
    return { members: leaving.map(each => ({ memberId: each.memberId, groupInstanceId: each.groupInstanceId })) }
  }

  /** The coordinator forgets a member, as after a session that ended. */
  remove(groupId: string, memberId: string): void {
    this.#remove(this.group(groupId), memberId)
  }

  commit(request: OffsetCommitRequest, topicOf: (id: string) => string): PartialMessage<typeof offsetCommitResponse> {
    const group = this.group(request.groupId)
    const { memberId, generationIdOrMemberEpoch: generationId } = request
    const isManual = generationId < 0 && memberId === ''
    const isModern = this.modern.members(request.groupId).size > 0
    let errorCode: number = isModern
      ? this.modern.check(request.groupId, memberId, generationId)
      : isManual && group.state === 'empty'
        ? errorCodes.NONE
        : this.#check(group, { memberId, generationId, groupInstanceId: request.groupInstanceId })
    if (errorCode === errorCodes.NONE && group.state === 'completing') errorCode = errorCodes.REBALANCE_IN_PROGRESS
    return {
      topics: request.topics.map(({ name, topicId, partitions }) => ({
        name,
        topicId,
        partitions: partitions.map(each => {
          if (errorCode === errorCodes.NONE) {
            group.offsets.set(`${name || topicOf(topicId)}-${each.partitionIndex}`, {
              offset: each.committedOffset,
              leaderEpoch: each.committedLeaderEpoch,
              metadata: each.committedMetadata ?? '',
            })
          }
          return { partitionIndex: each.partitionIndex, errorCode }
        }),
      })),
    }
  }

  fetchOffsets(
    request: OffsetFetchRequest,
    topicOf: (id: string) => string,
  ): PartialMessage<typeof offsetFetchResponse> {
    const answer = (
      groupId: string,
      topics: readonly { name: string; topicId?: string; partitionIndexes: readonly number[] }[],
    ) =>
      topics.map(({ name, topicId = '', partitionIndexes }) => ({
        name,
        topicId,
        partitions: partitionIndexes.map(partitionIndex => {
          const known = this.group(groupId).offsets.get(`${name || topicOf(topicId)}-${partitionIndex}`)
          return {
            partitionIndex,
            committedOffset: known?.offset ?? -1,
            committedLeaderEpoch: known?.leaderEpoch ?? -1,
            metadata: known?.metadata ?? '',
            errorCode: 0,
          }
        }),
      }))
    if (request.groups.length === 0) return { topics: answer(request.groupId, request.topics ?? []) }
    return { groups: request.groups.map(({ groupId, topics }) => ({ groupId, topics: answer(groupId, topics ?? []) })) }
  }

  #check(
    group: FakeGroup,
    {
      memberId,
      generationId,
      groupInstanceId,
    }: { memberId: string; generationId: number; groupInstanceId: string | null },
  ): number {
    const holder = [...group.members.values()].find(
      each => groupInstanceId !== null && each.groupInstanceId === groupInstanceId,
    )
    if (holder !== undefined && holder.memberId !== memberId) return errorCodes.FENCED_INSTANCE_ID
    if (!group.members.has(memberId)) return errorCodes.UNKNOWN_MEMBER_ID
    return generationId === group.generationId ? errorCodes.NONE : errorCodes.ILLEGAL_GENERATION
  }

  /** A static member is back, and its group goes on as it is (KIP-814). */
  #replaceStatic(
    group: FakeGroup,
    known: Member,
    { groupInstanceId, protocols }: JoinGroupRequest,
  ): PartialMessage<typeof joinGroupResponse> {
    const memberId = `${groupInstanceId}m${this.#nextMember++}`
    const isLeader = group.leader === known.memberId
    known.session?.cancel()
    group.members.delete(known.memberId)
    const member = { ...known, memberId, protocols }
    group.members.set(memberId, member)
    if (isLeader) group.leader = memberId
    this.#restartSession(group, member)
    const { generationId, leader, members } = group
    const protocolName = protocols[0]!.name
    return {
      generationId,
      protocolType: 'consumer',
      protocolName,
      leader,
      memberId,
      members: isLeader ? [...members.values()].map(each => ({ ...each, metadata: each.protocols[0]!.metadata })) : [],
      skipAssignment: isLeader,
    }
  }

  #restartSession(group: FakeGroup, member: Member): void {
    member.session?.cancel()
    member.session = this.#clock.setTimer(member.sessionTimeoutMs, () => this.#remove(group, member.memberId))
  }

  #remove(group: FakeGroup, memberId: string): void {
    const member = group.members.get(memberId)
    if (member === undefined) return
    member.session?.cancel()
    member.join?.({ errorCode: errorCodes.UNKNOWN_MEMBER_ID })
    member.sync?.({ errorCode: errorCodes.UNKNOWN_MEMBER_ID })
    group.members.delete(memberId)
    if (group.members.size === 0) {
      group.deadline?.cancel()
      Object.assign(group, { state: 'empty', generationId: group.generationId + 1 })
      return
    }
    this.#prepare(group)
    this.#completeJoin(group)
  }

  #prepare(group: FakeGroup): void {
    if (group.state === 'preparing') return
    group.state = 'preparing'
    for (const member of group.members.values()) {
      member.sync?.({ errorCode: errorCodes.REBALANCE_IN_PROGRESS })
      member.sync = undefined
    }
    const waitMs = Math.max(...[...group.members.values()].map(each => each.rebalanceTimeoutMs))
    group.deadline?.cancel()
    group.deadline = this.#clock.setTimer(waitMs, () => {
      for (const member of [...group.members.values()]) {
        if (member.join !== undefined) continue
        member.session?.cancel()
        group.members.delete(member.memberId)
      }
      this.#completeJoin(group)
    })
  }

  #completeJoin(group: FakeGroup): void {
    const members = [...group.members.values()]
    if (group.state !== 'preparing' || members.length === 0 || members.some(({ join }) => join === undefined)) return
    group.deadline?.cancel()
    group.generationId++
    group.state = 'completing'
    group.leader = members[0]!.memberId
    group.protocolName = members[0]!.protocols.find(({ name }) =>
      members.every(({ protocols }) => protocols.some(each => each.name === name)),
    )!.name
    for (const member of members) {
      this.#restartSession(group, member)
      const isLeader = member.memberId === group.leader
      member.join?.({
        generationId: group.generationId,
        protocolType: 'consumer',
        protocolName: group.protocolName,
        leader: group.leader,
        memberId: member.memberId,
        members: isLeader
          ? members.map(({ memberId, groupInstanceId, protocols }) => ({
              memberId,
              groupInstanceId,
              metadata: protocols.find(({ name }) => name === group.protocolName)!.metadata.slice(),
            }))
          : [],
      })
      member.join = undefined
    }
  }
}
