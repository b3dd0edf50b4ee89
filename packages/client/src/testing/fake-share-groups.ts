/** Share groups (KIP-932) in a fake cluster, as far as tests of a client need them: sessions and their epochs, locks, delivery counts. One coordinator, every broker a leader. */
import { type Clock, sleep } from '@dorsale/base'
import {
  errorCodes,
  type PartialMessage,
  type ShareAcknowledgeRequest,
  type ShareFetchRequest,
  type ShareGroupHeartbeatRequest,
  type shareAcknowledgeResponse,
  type shareFetchResponse,
  type shareGroupHeartbeatResponse,
} from '@dorsale/protocol'
import type { FakeTopics } from './fake-consumer-groups.ts'

/** What a partition has, of the fake cluster. */
interface Log {
  readonly batches: readonly { baseOffset: number; nextOffset: number; bytes: Uint8Array }[]
  readonly nextOffset: number
}

interface Delivery {
  state: 'available' | 'acquired' | 'done'
  count: number
  memberId: string
  untilMs: number
}

const gone = -1
const types = ['gap', 'accept', 'release', 'reject', 'renew'] as const
const heartbeatIntervalMs = 1000

type Row = {
  topicId: string
  partition: NonNullable<
    NonNullable<PartialMessage<typeof shareFetchResponse>['responses']>[number]['partitions']
  >[number]
}

type Topics = ShareFetchRequest['topics'] | ShareAcknowledgeRequest['topics']

export class FakeShareGroups {
  readonly #clock: Clock
  readonly #topics: FakeTopics
  readonly #logOf: (topicId: string, partition: number) => Log
  readonly #members = new Map<string, { epoch: number; topics: readonly string[]; told: boolean }>()
  readonly #sessions = new Map<string, { epoch: number; partitions: Map<string, [string, number]> }>()
  readonly #deliveries = new Map<string, Delivery>()
  /** Every acknowledgement, as `topicId partition offset type`. */
  readonly acknowledged: string[] = []
  lockMs = 30_000

  constructor(clock: Clock, topics: FakeTopics, logOf: (topicId: string, partition: number) => Log) {
    this.#clock = clock
    this.#topics = topics
    this.#logOf = logOf
  }

  get memberCount(): number {
    return this.#members.size
  }

  /** The brokers forget their sessions. */
  loseSessions(): void {
    this.#sessions.clear()
  }

  /** The coordinator forgets the members. */
  loseMembers(): void {
    this.#members.clear()
  }

  heartbeat(request: ShareGroupHeartbeatRequest): PartialMessage<typeof shareGroupHeartbeatResponse> {
    const { memberId, memberEpoch, subscribedTopicNames } = request
    if (memberEpoch === gone) {
      this.#members.delete(memberId)
      return { memberId, memberEpoch: gone }
    }
    let member = this.#members.get(memberId)
    if (member === undefined) {
      if (memberEpoch !== 0) return { errorCode: errorCodes.UNKNOWN_MEMBER_ID }
      member = { epoch: 1, topics: [], told: false }
      this.#members.set(memberId, member)
    }
    const subscribed = new Set(subscribedTopicNames ?? member.topics)
    const mustTell = !member.told || subscribedTopicNames !== null
    member.topics = [...subscribed]
    member.told = true
    const topicPartitions = this.#topics()
      .filter(({ name }) => subscribed.has(name))
      .map(({ id, partitionCount }) => ({
        topicId: id,
        partitions: Array.from({ length: partitionCount }, (_, i) => i),
      }))
    return {
      memberId,
      memberEpoch: member.epoch,
      heartbeatIntervalMs,
      assignment: mustTell ? { topicPartitions } : null,
    }
  }

  async fetch(nodeId: number, request: ShareFetchRequest): Promise<PartialMessage<typeof shareFetchResponse>> {
    const refused = this.#enter(nodeId, request)
    if (refused !== undefined) return refused
    const session = this.#sessions.get(this.#sessionOf(nodeId, request))!
    for (const { topicId, partitions } of request.topics) {
      for (const { partitionIndex } of partitions)
        session.partitions.set(`${topicId} ${partitionIndex}`, [topicId, partitionIndex])
    }
    for (const { topicId, partitions } of request.forgottenTopicsData) {
      for (const partition of partitions) session.partitions.delete(`${topicId} ${partition}`)
    }
    const refusals = this.#acknowledge(request)
    const memberId = request.memberId ?? ''
    let acquired = this.#acquireAll(session.partitions, memberId, request.maxRecords)
    if (acquired.every(({ partition }) => partition.acquiredRecords.length === 0)) {
      await sleep(this.#clock, request.maxWaitMs)
      acquired = this.#acquireAll(session.partitions, memberId, request.maxRecords)
    }
    const rows = new Map<string, Row>(acquired.map(each => [`${each.topicId} ${each.partition.partitionIndex}`, each]))
    for (const [key, { topicId, partitionIndex, errorCode }] of refusals) {
      const row = rows.get(key) ?? { topicId, partition: { partitionIndex, acquiredRecords: [], records: null } }
      rows.set(key, { topicId, partition: { ...row.partition, acknowledgeErrorCode: errorCode } })
    }
    const responses = [...Map.groupBy(rows.values(), ({ topicId }) => topicId)].map(([topicId, group]) => ({
      topicId,
      partitions: group.map(({ partition }) => partition),
    }))
    return { acquisitionLockTimeoutMs: this.lockMs, responses }
  }

  acknowledge(nodeId: number, request: ShareAcknowledgeRequest): PartialMessage<typeof shareAcknowledgeResponse> {
    const refused = this.#enter(nodeId, request)
    if (refused !== undefined) return refused
    const refusals = this.#acknowledge(request)
    if (request.shareSessionEpoch === gone) {
      this.#sessions.delete(this.#sessionOf(nodeId, request))
      for (const delivery of this.#deliveries.values()) {
        if (delivery.state === 'acquired' && delivery.memberId === request.memberId) delivery.state = 'available'
      }
    }
    const responses = request.topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: refusals.get(`${topicId} ${partitionIndex}`)?.errorCode ?? errorCodes.NONE,
      })),
    }))
    return { acquisitionLockTimeoutMs: this.lockMs, responses }
  }

  #sessionOf(nodeId: number, { groupId, memberId }: { groupId: string | null; memberId: string | null }): string {
    return `${nodeId} ${groupId} ${memberId}`
  }

  /** Undefined: the request is the session's next. */
  #enter(
    nodeId: number,
    request: { groupId: string | null; memberId: string | null; shareSessionEpoch: number },
  ): { errorCode: number } | undefined {
    const key = this.#sessionOf(nodeId, request)
    const { shareSessionEpoch: epoch } = request
    if (epoch === 0) {
      this.#sessions.set(key, { epoch: 1, partitions: new Map() })
      return undefined
    }
    const session = this.#sessions.get(key)
    if (session === undefined) return { errorCode: errorCodes.SHARE_SESSION_NOT_FOUND }
    if (epoch !== gone && epoch !== session.epoch) return { errorCode: errorCodes.INVALID_SHARE_SESSION_EPOCH }
    session.epoch++
    return undefined
  }

  /** All of a partition or none. */
  #acknowledge({ topics, memberId }: { topics: Topics; memberId: string | null }) {
    const refusals = new Map<string, { topicId: string; partitionIndex: number; errorCode: number }>()
    for (const { topicId, partitions } of topics) {
      for (const { partitionIndex, acknowledgementBatches } of partitions) {
        const all: [Delivery, (typeof types)[number], number][] = []
        for (const { firstOffset, lastOffset, acknowledgeTypes } of acknowledgementBatches) {
          for (let offset = firstOffset; offset <= lastOffset; offset++) {
            const type = acknowledgeTypes.length === 1 ? acknowledgeTypes[0]! : acknowledgeTypes[offset - firstOffset]!
            all.push([this.#delivery(topicId, partitionIndex, offset), types[type]!, offset])
          }
        }
        const isHeld = ({ state, memberId: holder, untilMs }: Delivery) =>
          state === 'acquired' && holder === memberId && untilMs > this.#clock.monotonic()
        if (!all.every(([delivery]) => isHeld(delivery))) {
          const errorCode = errorCodes.INVALID_RECORD_STATE
          refusals.set(`${topicId} ${partitionIndex}`, { topicId, partitionIndex, errorCode })
          continue
        }
        for (const [delivery, type, offset] of all) {
          this.acknowledged.push(`${this.#nameOf(topicId)}-${partitionIndex}@${offset} ${type}`)
          if (type === 'renew') delivery.untilMs = this.#clock.monotonic() + this.lockMs
          else delivery.state = type === 'release' ? 'available' : 'done'
        }
      }
    }
    return refusals
  }

  #nameOf(topicId: string): string {
    return this.#topics().find(({ id }) => id === topicId)?.name ?? topicId
  }

  #delivery(topicId: string, partition: number, offset: number): Delivery {
    const key = `${topicId} ${partition} ${offset}`
    let delivery = this.#deliveries.get(key)
    if (delivery === undefined) {
      delivery = { state: 'available', count: 0, memberId: '', untilMs: 0 }
      this.#deliveries.set(key, delivery)
    }
    return delivery
  }

  #acquireAll(partitions: ReadonlyMap<string, [string, number]>, memberId: string, countMax: number) {
    let left = countMax
    return [...partitions.values()].map(([topicId, partitionIndex]) => {
      const log = this.#logOf(topicId, partitionIndex)
      const acquiredRecords: { firstOffset: number; lastOffset: number; deliveryCount: number }[] = []
      for (let offset = 0; offset < log.nextOffset && left > 0; offset++) {
        const delivery = this.#delivery(topicId, partitionIndex, offset)
        if (delivery.state === 'acquired' && delivery.untilMs <= this.#clock.monotonic()) delivery.state = 'available'
        if (delivery.state !== 'available') continue
        left--
        delivery.state = 'acquired'
        delivery.memberId = memberId
        delivery.untilMs = this.#clock.monotonic() + this.lockMs
        const deliveryCount = ++delivery.count
        const last = acquiredRecords.at(-1)
        if (last?.lastOffset === offset - 1 && last.deliveryCount === deliveryCount) last.lastOffset = offset
        else acquiredRecords.push({ firstOffset: offset, lastOffset: offset, deliveryCount })
      }
      const holds = ({ baseOffset, nextOffset }: Log['batches'][number]) =>
        acquiredRecords.some(({ firstOffset, lastOffset }) => firstOffset < nextOffset && lastOffset >= baseOffset)
      const records = Buffer.concat(log.batches.filter(holds).map(({ bytes }) => bytes))
      return { topicId, partition: { partitionIndex, acquiredRecords, records } }
    })
  }
}
