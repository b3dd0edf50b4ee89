import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import {
  errorCodes,
  errorOf,
  type ListOffsetsResponsePartitionResponse,
  listOffsetsRequest,
  listOffsetsResponse,
} from '@dorsale/protocol'
import type { HistoryEvent } from '../history/history.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Driver, type TopicHandle } from './driver.ts'
import { expectNetworkTrouble, findTopic } from './producer.ts'

export interface LookupsPlan {
  name: string
  topic: string
  everyMs: number
}

/** The place of ListOffsets that is the high watermark, and the one that is the log start. */
export const latest = -1
export const earliest = -2

const retriable = new Set<number>([
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  errorCodes.LEADER_NOT_AVAILABLE,
])

/** Asks for offsets by timestamp, near those of records, and for the ends of logs; the history judges the former, the latter never fall. */
export class Lookups {
  readonly plan: LookupsPlan
  stopped = false
  readonly #world: World
  readonly #history: HistoryEvent[]

  constructor(world: World, plan: LookupsPlan, history: HistoryEvent[]) {
    this.plan = plan
    this.#world = world
    this.#history = history
  }

  async run(host: Host): Promise<void> {
    const topic = await findTopic(host, this.plan.name, this.plan.topic)
    let driver = new Driver(host, this.plan.name)
    while (!this.stopped) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      if (driver.closed !== undefined) driver = new Driver(host, this.plan.name)
      try {
        if (randomBelow(host.prng, 4) === 0) await this.#askEnd(host, driver, topic)
        else await this.#askTime(host, driver, topic)
      } catch (error) {
        expectNetworkTrouble(this.#world, this.plan.name, error)
        driver.close()
      }
    }
    driver.close()
  }

  async #askTime(host: Host, driver: Driver, topic: TopicHandle): Promise<void> {
    const askedAt = this.#history.length
    const sends = this.#history.filter(event => event.kind === 'send')
    const near = sends[randomBelow(host.prng, Math.max(sends.length, 1))]?.timestamp
    if (near === undefined) return
    const index = randomBelow(host.prng, topic.partitionCount)
    const timestamp = near - 1 + randomBelow(host.prng, 3)
    const answer = await listOffset(driver, topic, index, timestamp)
    if (!this.#isAnswer(answer.errorCode)) return
    this.#world.trace.note(
      this.#world.nowMs,
      `${this.plan.name} looked for ${timestamp} in ${topic.name}-${index}: @${answer.offset} has ${answer.timestamp}`,
    )
    this.#history.push({
      kind: 'lookup',
      process: this.plan.name,
      partition: `${topic.name}-${index}`,
      timestamp,
      found: answer.offset < 0 ? undefined : { offset: answer.offset, timestamp: answer.timestamp },
      askedAt,
    })
  }

  /** The end lies behind everything that was acknowledged or read before the question. */
  async #askEnd(host: Host, driver: Driver, topic: TopicHandle): Promise<void> {
    const index = randomBelow(host.prng, topic.partitionCount)
    const partition = `${topic.name}-${index}`
    const known = this.#knownEnd(partition)
    const answer = await listOffset(driver, topic, index, latest)
    if (!this.#isAnswer(answer.errorCode) || answer.offset >= known) return
    this.#world.fail(`end before what is known: ${partition} ends at ${answer.offset}, but @${known - 1} is there`)
  }

  #knownEnd(partition: string): number {
    let end = 0
    for (const event of this.#history) {
      if (event.kind === 'send' && event.outcome === 'ok' && event.partition === partition) {
        end = Math.max(end, (event.offset ?? -1) + 1)
      }
      if (event.kind !== 'poll') continue
      for (const read of event.reads) if (read.partition === partition) end = Math.max(end, read.offset + 1)
    }
    return end
  }

  #isAnswer(errorCode: number): boolean {
    if (errorCode === 0) return true
    if (!retriable.has(errorCode)) {
      this.#world.fail(`${this.plan.name}: ListOffsets was refused: ${errorOf(errorCode).name}`)
    }
    return false
  }
}

/** One partition's answer to ListOffsets for a timestamp, or for a place with a negative number. */
export async function listOffset(
  driver: Driver,
  topic: TopicHandle,
  partitionIndex: number,
  timestamp: number,
): Promise<ListOffsetsResponsePartitionResponse> {
  const response = await driver.call(listOffsetsRequest, listOffsetsResponse, {
    replicaId: -1,
    topics: [{ name: topic.name, partitions: [{ partitionIndex, timestamp }] }],
  })
  const [answer] = response.topics.flatMap(({ partitions }) => partitions)
  if (answer === undefined) throw new Error('a ListOffsets response without the partition')
  return answer
}
