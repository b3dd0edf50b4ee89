import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import { deleteRecordsRequest, deleteRecordsResponse, errorCodes, errorOf } from '@dorsale/protocol'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Driver, type TopicHandle } from './driver.ts'
import { earliest, latest, listOffset } from './lookups.ts'
import { expectNetworkTrouble, findTopic } from './producer.ts'
import type { RetentionWatch } from './retention-watch.ts'

export interface DeleterPlan {
  name: string
  topic: string
  everyMs: number
}

/** Answers that say "not now". */
const retriable = new Set<number>([
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  errorCodes.LEADER_NOT_AVAILABLE,
  errorCodes.REQUEST_TIMED_OUT,
])

/**
 * Deletes records before an offset, now and then before one that is not there yet, which must be refused. What it asks for may go, and nothing else: the watch is told
 * before the request leaves. Once it is answered, the log begins there for as long as the broker lives. (What Kafka's brokers know of it after a death is up to
 * their last checkpoint.)
 */
export class Deleter {
  readonly plan: DeleterPlan
  stopped = false
  readonly #world: World
  readonly #watch: RetentionWatch

  constructor(world: World, plan: DeleterPlan, watch: RetentionWatch) {
    this.plan = plan
    this.#world = world
    this.#watch = watch
  }

  async run(host: Host): Promise<void> {
    const topic = await findTopic(host, this.plan.name, this.plan.topic)
    while (!this.stopped) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      const driver = new Driver(host, this.plan.name)
      try {
        await this.#delete(host, driver, topic)
      } catch (error) {
        expectNetworkTrouble(this.#world, this.plan.name, error)
      }
      driver.close()
    }
  }

  async #delete(host: Host, driver: Driver, topic: TopicHandle): Promise<void> {
    const partition = randomBelow(host.prng, topic.partitionCount)
    const end = await listOffset(driver, topic, partition, latest)
    if (end.errorCode !== 0) return this.#expectRetriable('ListOffsets', end.errorCode)
    if (randomBelow(host.prng, 5) === 0) {
      const { errorCode } = await this.#ask(driver, topic, partition, end.offset + 1_000_000)
      if (errorCode === errorCodes.OFFSET_OUT_OF_RANGE) return
      if (errorCode === 0) this.#world.fail(`${this.plan.name}: a deletion beyond the end of the log was let in`)
      return this.#expectRetriable('DeleteRecords beyond the end', errorCode)
    }
    const offset = randomBelow(host.prng, end.offset + 1)
    const name = `${topic.name}-${partition}`
    this.#watch.release(name, offset)
    const { errorCode, lowWatermark } = await this.#ask(driver, topic, partition, offset)
    if (errorCode !== 0) return this.#expectRetriable('DeleteRecords', errorCode)
    const what = `${name} was deleted before @${offset}`
    if (lowWatermark < offset) this.#world.fail(`deleted records left: ${what}, and the answer was @${lowWatermark}`)
    // On the same connection, so of the same life of the broker.
    const start = await listOffset(driver, topic, partition, earliest)
    if (start.errorCode !== 0) return this.#expectRetriable('ListOffsets', start.errorCode)
    if (start.offset < offset) this.#world.fail(`deleted records left: ${what}, and begins at @${start.offset}`)
  }

  async #ask(driver: Driver, { name }: TopicHandle, partitionIndex: number, offset: number) {
    const response = await driver.call(deleteRecordsRequest, deleteRecordsResponse, {
      topics: [{ name, partitions: [{ partitionIndex, offset }] }],
      timeoutMs: 2000,
    })
    const answer = response.topics[0]?.partitions[0]
    if (answer === undefined) throw new Error('a deletion without the partition')
    return answer
  }

  #expectRetriable(what: string, errorCode: number): void {
    if (!retriable.has(errorCode))
      this.#world.fail(`${this.plan.name}: ${what} was refused: ${errorOf(errorCode).name}`)
  }
}
