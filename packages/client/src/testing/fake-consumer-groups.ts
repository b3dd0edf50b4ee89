/** The coordinator of groups of the consumer protocol (KIP-848) in a fake cluster: divides topics evenly, and gives nobody what another still has. */
import type { Clock, Timer } from '@dorsale/base'
import {
  type ConsumerGroupHeartbeatRequest,
  type consumerGroupHeartbeatResponse,
  errorCodes,
  type PartialMessage,
} from '@dorsale/protocol'

interface Member {
  readonly memberId: string
  instanceId: string | null
  epoch: number
  topics: readonly string[]
  pattern: RegExp | undefined
  /** `topicId:partition`, as the member told. */
  owned: Set<string>
  session: Timer | undefined
  /** What it was told last, as text. */
  told: string
}

/** Topics by name, with their ids and how many partitions each has. */
export type FakeTopics = () => readonly { name: string; id: string; partitionCount: number }[]

const sessionMs = 10_000
const fakeHeartbeatMs = 1000

export class FakeConsumerGroups {
  readonly #clock: Clock
  readonly #topics: FakeTopics
  readonly #groups = new Map<string, { epoch: number; members: Map<string, Member> }>()

  constructor(clock: Clock, topics: FakeTopics) {
    this.#clock = clock
    this.#topics = topics
  }

  members(groupId: string): ReadonlyMap<string, { readonly epoch: number; readonly owned: ReadonlySet<string> }> {
    return this.#group(groupId).members
  }

  epoch(groupId: string): number {
    return this.#group(groupId).epoch
  }

  /** The coordinator forgets a member. */
  remove(groupId: string, memberId: string): void {
    const group = this.#group(groupId)
    group.members.get(memberId)?.session?.cancel()
    if (group.members.delete(memberId)) group.epoch++
  }

  /** Whether an offset may be committed, as an error code. */
  check(groupId: string, memberId: string, epoch: number): number {
    const member = this.#group(groupId).members.get(memberId)
    if (member === undefined) return errorCodes.UNKNOWN_MEMBER_ID
    return member.epoch === epoch ? errorCodes.NONE : errorCodes.STALE_MEMBER_EPOCH
  }

  heartbeat(request: ConsumerGroupHeartbeatRequest): PartialMessage<typeof consumerGroupHeartbeatResponse> {
    const { groupId, memberId, memberEpoch, instanceId } = request
    const group = this.#group(groupId)
    const known = group.members.get(memberId)
    if (memberEpoch < 0) {
      if (memberEpoch === -1) this.remove(groupId, memberId)
      return { memberId, memberEpoch }
    }
    const refuse = (errorCode: number) => ({ errorCode, errorMessage: 'refused' })
    if (memberEpoch > 0 && known === undefined) return refuse(errorCodes.UNKNOWN_MEMBER_ID)
    if (known !== undefined && memberEpoch > 0 && memberEpoch < known.epoch - 1)
      return refuse(errorCodes.FENCED_MEMBER_EPOCH)
    if (request.serverAssignor !== null && request.serverAssignor !== 'uniform')
      return refuse(errorCodes.UNSUPPORTED_ASSIGNOR)
    const isNew = known === undefined || memberEpoch === 0
    const member: Member = known ?? {
      memberId,
      instanceId,
      epoch: 0,
      topics: [],
      pattern: undefined,
      owned: new Set(),
      session: undefined,
      told: '',
    }
    if (isNew) {
      group.members.set(memberId, member)
      group.epoch++
      Object.assign(member, { owned: new Set(), told: '' })
    }
    const { subscribedTopicNames, subscribedTopicRegex, topicPartitions } = request
    if (subscribedTopicNames !== null && subscribedTopicNames.join() !== member.topics.join()) {
      member.topics = subscribedTopicNames
      group.epoch++
    }
    if (subscribedTopicRegex !== null) {
      member.pattern = subscribedTopicRegex === '' ? undefined : new RegExp(`^(${subscribedTopicRegex})$`)
      group.epoch++
    }
    if (topicPartitions !== null) {
      member.owned = new Set(topicPartitions.flatMap(each => each.partitions.map(index => `${each.topicId}:${index}`)))
    }
    member.session?.cancel()
    member.session = this.#clock.setTimer(sessionMs, () => this.remove(groupId, memberId))
    return this.#answer(group, member)
  }

  #answer(
    group: { epoch: number; members: Map<string, Member> },
    member: Member,
  ): PartialMessage<typeof consumerGroupHeartbeatResponse> {
    const target = this.#target(group.members).get(member)!
    const others = new Set([...group.members.values()].filter(each => each !== member).flatMap(each => [...each.owned]))
    const mustGiveUp = [...member.owned].some(each => !target.has(each))
    if (!mustGiveUp) member.epoch = group.epoch
    const given = [...target].filter(each => member.owned.has(each) || (!mustGiveUp && !others.has(each))).sort()
    const topicPartitions = [...Map.groupBy(given, each => each.slice(0, each.indexOf(':')))].map(
      ([topicId, group]) => ({
        topicId,
        partitions: group.map(each => Number(each.slice(each.indexOf(':') + 1))),
      }),
    )
    const text = JSON.stringify(topicPartitions)
    const isNews = text !== member.told
    member.told = text
    // Nobody else may have it from now on, whether or not the answer arrives.
    for (const each of given) member.owned.add(each)
    return {
      memberId: member.memberId,
      memberEpoch: member.epoch,
      heartbeatIntervalMs: fakeHeartbeatMs,
      assignment: isNews ? { topicPartitions } : null,
    }
  }

  #target(members: ReadonlyMap<string, Member>): Map<Member, Set<string>> {
    const targets = new Map<Member, Set<string>>([...members.values()].map(each => [each, new Set()]))
    for (const { name, id, partitionCount } of this.#topics()) {
      const subscribers = [...members.values()].filter(each => each.topics.includes(name) || each.pattern?.test(name))
      for (let index = 0; index < partitionCount && subscribers.length > 0; index++) {
        targets.get(subscribers[index % subscribers.length]!)!.add(`${id}:${index}`)
      }
    }
    return targets
  }

  #group(groupId: string) {
    let group = this.#groups.get(groupId)
    if (group === undefined) {
      group = { epoch: 0, members: new Map() }
      this.#groups.set(groupId, group)
    }
    return group
  }
}
