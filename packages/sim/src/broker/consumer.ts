import { randomBelow, sleep } from '@dorsale/base'
import {
  BatchCursor,
  errorCodes,
  errorOf,
  type FetchResponsePartitionData,
  fetchRequest,
  fetchResponse,
  isBatchIntact,
  readRecords,
} from '@dorsale/protocol'
import type { HistoryEvent, Read } from '../history/history.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Driver, type TopicHandle } from './driver.ts'
import { earliest, listOffset } from './lookups.ts'
import { expectNetworkTrouble, findTopic, nameHeader, refreshTopic, zstdFetchVersion } from './producer.ts'

export interface ConsumerPlan {
  name: string
  topic: string
  /** Stops at each partition's high watermark, once that has been seen. */
  toEnd: boolean
  /** Now and then goes on from another offset, which only an index finds. */
  seeks: boolean
  /** The topic grows: it is looked at again now and then. */
  watchesTopic: boolean
  /** Records may be gone between any two. */
  isCompacted: boolean
}

const retriable = new Set<number>([
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  errorCodes.UNKNOWN_TOPIC_ID,
  errorCodes.LEADER_NOT_AVAILABLE,
])

const outOfRangeMax = 20

/** Reads every partition of a topic from offset 0 on, with fetches of random shape, and says what it saw. */
export class Consumer {
  readonly plan: ConsumerPlan
  done = false
  stopped = false
  readonly #world: World
  readonly #history: HistoryEvent[]
  readonly #released: ReadonlyMap<string, number>
  readonly #positions: number[] = []
  readonly #highWatermarks: number[] = []
  #outOfRangeCount = 0
  #driver: Driver | undefined

  /** `released`: the first offset of each partition that must still be there. */
  constructor(
    world: World,
    plan: ConsumerPlan,
    history: HistoryEvent[],
    released: ReadonlyMap<string, number> = new Map(),
  ) {
    this.plan = plan
    this.#world = world
    this.#history = history
    this.#released = released
  }

  /** Next offset of each partition. */
  get positions(): readonly number[] {
    return this.#positions
  }

  async run(host: Host): Promise<void> {
    let topic = await findTopic(host, this.plan.name, this.plan.topic)
    while (!this.stopped) {
      if (this.#driver === undefined || this.#driver.closed !== undefined) {
        this.#driver = new Driver(host, this.plan.name)
      }
      try {
        if (this.plan.watchesTopic && randomBelow(host.prng, 8) === 0) {
          topic = await refreshTopic(this.#world, this.#driver, topic)
        }
        while (this.#positions.length < topic.partitionCount) {
          this.#positions.push(0)
          this.#highWatermarks.push(-1)
        }
        if (await this.#fetch(host, this.#driver, topic)) break
      } catch (error) {
        expectNetworkTrouble(this.#world, this.plan.name, error)
        this.#driver.close()
        await sleep(host.clock, 50)
      }
    }
    this.#driver?.close()
    this.done = true
  }

  /** One fetch of all partitions; true when there is nothing left to read. */
  async #fetch(host: Host, driver: Driver, topic: TopicHandle): Promise<boolean> {
    if (this.plan.seeks && randomBelow(host.prng, 5) === 0) this.#seek(host)
    const partitionMaxBytes = [100, 1000, 100_000][randomBelow(host.prng, 3)] as number
    const version = driver.versionOf(fetchRequest, zstdFetchVersion)
    const response = await driver.call(
      fetchRequest,
      fetchResponse,
      {
        maxWaitMs: randomBelow(host.prng, 300),
        minBytes: 1 + randomBelow(host.prng, 2) * 500,
        maxBytes: [500, 50_000, 10_000_000][randomBelow(host.prng, 3)] as number,
        topics: [
          {
            topic: topic.name,
            topicId: topic.id,
            partitions: this.#positions.map((fetchOffset, partition) => ({
              partition,
              fetchOffset,
              partitionMaxBytes,
            })),
          },
        ],
      },
      { version },
    )
    if (response.errorCode !== 0) this.#expectRetriable(response.errorCode)
    let troubled = response.errorCode !== 0
    for (const { partitions } of response.responses) {
      for (const partition of partitions) {
        if (partition.errorCode === errorCodes.OFFSET_OUT_OF_RANGE) {
          await this.#goToLogStart(driver, topic, partition.partitionIndex)
        } else if (!this.#take(topic, partition)) troubled = true
      }
    }
    if (troubled) {
      driver.close()
      await sleep(host.clock, 50)
      return false
    }
    return this.plan.toEnd && this.#positions.every((position, index) => position === this.#highWatermarks[index])
  }

  #seek(host: Host): void {
    const partition = randomBelow(host.prng, this.#positions.length)
    const highWatermark = this.#highWatermarks[partition] ?? 0
    if (highWatermark <= 0) return
    this.#positions[partition] = randomBelow(host.prng, highWatermark)
    this.#history.push({ kind: 'seek', process: this.plan.name })
  }

  /** What it wanted to read is gone: right, if it was released. */
  async #goToLogStart(driver: Driver, topic: TopicHandle, partition: number): Promise<void> {
    const name = `${topic.name}-${partition}`
    const position = this.#positions[partition] ?? 0
    const { errorCode, offset } = await listOffset(driver, topic, partition, earliest)
    if (errorCode !== 0) {
      this.#expectRetriable(errorCode)
      return
    }
    // A log that gets back what it had given up (the power failed) begins earlier than a moment ago, but that does not happen all the time.
    if (offset <= position && this.#outOfRangeCount++ > outOfRangeMax) {
      this.#world.fail(`out of range: ${name} begins at ${offset}, and @${position} is said to be outside`)
    }
    if (offset > (this.#released.get(name) ?? 0)) {
      this.#world.fail(
        `log start rose: ${name} begins at ${offset}, where only ${this.#released.get(name) ?? 0} was released`,
      )
    }
    this.#positions[partition] = Math.max(offset, position)
    this.#history.push({ kind: 'seek', process: this.plan.name })
  }

  #take(topic: TopicHandle, data: FetchResponsePartitionData): boolean {
    const { partitionIndex, errorCode, highWatermark, records } = data
    const name = `${topic.name}-${partitionIndex}`
    if (errorCode !== 0) {
      this.#expectRetriable(errorCode)
      return false
    }
    if (highWatermark < (this.#highWatermarks[partitionIndex] ?? -1)) {
      const before = this.#highWatermarks[partitionIndex]
      this.#world.fail(`high watermark fell: ${name} from ${before} to ${highWatermark}, as ${this.plan.name} saw it`)
    }
    this.#highWatermarks[partitionIndex] = highWatermark
    const reads: Read[] = []
    const cursor = new BatchCursor(records ?? new Uint8Array(0))
    while (cursor.next()) {
      if (!isBatchIntact(cursor.header.bytes, cursor.header.position)) {
        this.#world.fail(`damaged batch: ${name}@${cursor.header.baseOffset} does not match its checksum`)
      }
      // Markers of transactions are passed by.
      for (const record of cursor.header.isControl ? [] : readRecords(cursor.header)) {
        // The first batch may begin before the offset that was asked for.
        if (record.offset < (this.#positions[partitionIndex] ?? 0)) continue
        if (reads.length === 0 && !this.plan.isCompacted)
          this.#expectNothingSkipped(name, this.#positions[partitionIndex] ?? 0, record.offset)
        const text = record.value ?? record.headers.find(({ key }) => key === nameHeader)?.value
        const [value = ''] = Buffer.from(text ?? [])
          .toString()
          .split(' ')
        reads.push({ partition: name, offset: record.offset, value })
      }
      this.#positions[partitionIndex] = Math.max(this.#positions[partitionIndex] ?? 0, cursor.header.lastOffset + 1)
    }
    const position = this.#positions[partitionIndex] ?? 0
    if (position > highWatermark) {
      this.#world.fail(`read beyond the high watermark: ${name} to ${position}, which is ${highWatermark}`)
    }
    if (reads.length > 0) this.#history.push({ kind: 'poll', process: this.plan.name, reads })
    return true
  }

  /**
   * Between what was asked for and what came nothing may be known to stand. (Offsets that nobody was told of may be missing: a power
   * loss can take the end of one segment and leave the name of the next.)
   */
  #expectNothingSkipped(partition: string, requested: number, came: number): void {
    const asked = Math.max(requested, this.#released.get(partition) ?? 0)
    if (came <= asked) return
    const isSkipped = (offset: number | undefined): boolean => offset !== undefined && offset >= asked && offset < came
    for (const event of this.#history) {
      const known =
        event.kind === 'send'
          ? event.outcome === 'ok' && event.partition === partition && isSkipped(event.offset)
          : event.kind === 'poll' && event.reads.some(read => read.partition === partition && isSkipped(read.offset))
      if (!known) continue
      this.#world.fail(`read skipped: ${partition}@${asked} was asked for, and @${came} came`)
      return
    }
  }

  #expectRetriable(errorCode: number): void {
    if (!retriable.has(errorCode)) this.#world.fail(`${this.plan.name}: Fetch was refused: ${errorOf(errorCode).name}`)
  }
}
