import { randomBelow, sleep } from '@dorsale/base'
import {
  BatchCursor,
  errorCodes,
  errorOf,
  type FetchResponsePartitionData,
  fetchRequest,
  fetchResponse,
  readRecords,
} from '@dorsale/protocol'
import { Driver, type TopicHandle } from '../broker/driver.ts'
import { expectNetworkTrouble, findTopic, zstdFetchVersion } from '../broker/producer.ts'
import type { HistoryEvent, Read } from '../history/history.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { isAbort, type Markers } from './markers.ts'
import type { OpenRecord, OpenTransactions } from './open-transactions.ts'

export interface IsolationReaderPlan {
  name: string
  topics: readonly string[]
  /** Stops at each partition's high watermark, which it reaches when nothing is open any more. */
  toEnd: boolean
}

const readCommitted = 1

const retriable = new Set<number>([
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  errorCodes.UNKNOWN_TOPIC_ID,
  errorCodes.LEADER_NOT_AVAILABLE,
])

/**
 * Reads what is committed, from offset 0 on, and looks at the last stable offset while it does: it never falls, is never beyond the high watermark or a
 * record whose transaction is open, and nothing behind it is handed out. What aborted transactions wrote is left out by the list that comes with each answer.
 */
export class IsolationReader {
  readonly plan: IsolationReaderPlan
  done = false
  stopped = false
  /** What it read of each partition, in order. */
  readonly read = new Map<string, Read[]>()
  readonly #world: World
  readonly #history: HistoryEvent[]
  readonly #openTransactions: OpenTransactions
  readonly #markers: Markers
  readonly #positions = new Map<string, number>()
  readonly #highWatermarks = new Map<string, number>()
  readonly #stableOffsets = new Map<string, number>()

  constructor(
    world: World,
    plan: IsolationReaderPlan,
    known: { history: HistoryEvent[]; openTransactions: OpenTransactions; markers: Markers },
  ) {
    this.plan = plan
    this.#world = world
    this.#history = known.history
    this.#openTransactions = known.openTransactions
    this.#markers = known.markers
  }

  /** Partitions that it has not read to the end, and why. */
  get lagging(): string[] {
    return [...this.#highWatermarks]
      .filter(([partition, end]) => this.#positions.get(partition) !== end)
      .map(([partition, end]) => `${partition} at ${this.#positions.get(partition)} of ${end}`)
  }

  async run(host: Host): Promise<void> {
    const topics: TopicHandle[] = []
    for (const topic of this.plan.topics) topics.push(await findTopic(host, this.plan.name, topic))
    let driver: Driver | undefined
    while (!this.stopped) {
      if (driver === undefined || driver.closed !== undefined) driver = new Driver(host, this.plan.name)
      try {
        const isWell = await this.#fetch(host, driver, topics)
        if (isWell && this.plan.toEnd && this.lagging.length === 0) break
        if (!isWell) await sleep(host.clock, 50)
      } catch (error) {
        expectNetworkTrouble(this.#world, this.plan.name, error)
        driver.close()
        await sleep(host.clock, 50)
      }
    }
    driver?.close()
    this.done = true
  }

  /** One fetch of all partitions; false when one could not be read. */
  async #fetch(host: Host, driver: Driver, topics: readonly TopicHandle[]): Promise<boolean> {
    const open = this.#openTransactions.openAt(this.#world.nowMs)
    const partitionMaxBytes = [200, 1000, 100_000][randomBelow(host.prng, 3)] as number
    const request = {
      maxWaitMs: randomBelow(host.prng, 300),
      minBytes: 1,
      maxBytes: 10_000_000,
      isolationLevel: readCommitted,
      topics: topics.map(({ name, id, partitionCount }) => ({
        topic: name,
        topicId: id,
        partitions: Array.from({ length: partitionCount }, (_, partition) => ({
          partition,
          fetchOffset: this.#positions.get(`${name}-${partition}`) ?? 0,
          partitionMaxBytes,
        })),
      })),
    }
    const version = driver.versionOf(fetchRequest, zstdFetchVersion)
    const response = await driver.call(fetchRequest, fetchResponse, request, { version })
    if (response.errorCode !== 0) {
      this.#expectRetriable(response.errorCode)
      return false
    }
    let isWell = true
    for (const { topic, topicId, partitions } of response.responses) {
      const name = topics.find(each => each.name === topic || each.id === topicId)?.name ?? topic
      for (const data of partitions) {
        if (data.errorCode !== 0) this.#expectRetriable(data.errorCode)
        if (data.errorCode === 0) this.#take(`${name}-${data.partitionIndex}`, data, open)
        else isWell = false
      }
    }
    return isWell
  }

  #take(partition: string, data: FetchResponsePartitionData, open: readonly OpenRecord[]): void {
    const { highWatermark, lastStableOffset, records } = data
    this.#lookAt(partition, data, open)
    const aborted = (data.abortedTransactions ?? []).toSorted((a, b) => a.firstOffset - b.firstOffset)
    const hidden = new Set<bigint>()
    const reads: Read[] = []
    let position = this.#positions.get(partition) ?? 0
    const cursor = new BatchCursor(records ?? new Uint8Array(0))
    while (cursor.next()) {
      const { header } = cursor
      if (header.lastOffset >= lastStableOffset) {
        this.#world.fail(
          `read beyond the last stable offset: ${partition}@${header.lastOffset}, which is ${lastStableOffset}`,
        )
      }
      while (aborted[0] !== undefined && aborted[0].firstOffset <= header.lastOffset) {
        hidden.add(aborted[0].producerId)
        aborted.shift()
      }
      const producerId = BigInt(header.producerId)
      if (header.isControl) {
        if (header.lastOffset >= position) this.#markers.see(partition, header)
        if (isAbort(header)) hidden.delete(producerId)
      } else if (!(header.isTransactional && hidden.has(producerId))) {
        for (const { offset, value } of readRecords(header)) {
          if (offset < position) continue
          reads.push({ partition, offset, value: Buffer.from(value ?? []).toString() })
        }
      }
      position = Math.max(position, header.lastOffset + 1)
    }
    this.#positions.set(partition, position)
    if (position > highWatermark) {
      this.#world.fail(`read beyond the high watermark: ${partition} to ${position}, which is ${highWatermark}`)
    }
    if (reads.length === 0) return
    this.read.set(partition, [...(this.read.get(partition) ?? []), ...reads])
    this.#history.push({ kind: 'poll', process: this.plan.name, reads })
  }

  #lookAt(partition: string, data: FetchResponsePartitionData, open: readonly OpenRecord[]): void {
    const { highWatermark, lastStableOffset } = data
    const watched = [
      ['high watermark', this.#highWatermarks, highWatermark],
      ['last stable offset', this.#stableOffsets, lastStableOffset],
    ] as const
    for (const [what, known, now] of watched) {
      const before = known.get(partition) ?? -1
      if (now < before)
        this.#world.fail(`${what} fell: ${partition} from ${before} to ${now}, as ${this.plan.name} saw it`)
      known.set(partition, now)
    }
    if (lastStableOffset > highWatermark) {
      this.#world.fail(
        `last stable offset beyond the high watermark: ${partition} ${lastStableOffset}, ${highWatermark}`,
      )
    }
    const stillOpen = new Set(this.#openTransactions.openAt(this.#world.nowMs))
    const passed = open.find(
      each => each.partition === partition && each.offset < lastStableOffset && stillOpen.has(each),
    )
    if (passed !== undefined) {
      this.#world.fail(
        `last stable offset beyond an open transaction: ${partition} ${lastStableOffset}, though @${passed.offset} is not decided`,
      )
    }
  }

  #expectRetriable(errorCode: number): void {
    if (!retriable.has(errorCode)) this.#world.fail(`${this.plan.name}: Fetch was refused: ${errorOf(errorCode).name}`)
  }
}
