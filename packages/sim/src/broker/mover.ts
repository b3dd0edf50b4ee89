import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  describeLogDirsRequest,
  describeLogDirsResponse,
  errorCodes,
  errorOf,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@dorsale/protocol'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Driver, type TopicHandle } from './driver.ts'
import { expectNetworkTrouble, findTopic } from './producer.ts'

export interface MoverPlan {
  name: string
  topic: string
  /** The broker's `log.dirs`. */
  directories: readonly string[]
  everyMs: number
}

/** Answers that say "not now". */
const retriable = new Set<number>([
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
])
/** Bytes a second. */
const slowBytes = 100
const settledCheckMs = 200
const brokerResource = 4
/** Of all brokers. */
const anyBroker = ''
const configOperation = { set: 0, delete: 1 }

/**
 * Has partitions moved between the log directories of the broker, now at full speed, now so slowly that deaths find copies half made, under everything else that happens to them: what the others hold of a partition must hold wherever it lies. When it is
 * stopped it waits until no copy is under way, so that a recovery has nothing left to do by chance.
 */
export class Mover {
  readonly plan: MoverPlan
  stopped = false
  /** Stopped, and no move is under way. */
  done = false
  readonly #world: World

  constructor(world: World, plan: MoverPlan) {
    this.plan = plan
    this.#world = world
  }

  async run(host: Host): Promise<void> {
    const { name, topic, everyMs } = this.plan
    const handle = await findTopic(host, name, topic)
    while (!this.done) {
      await sleep(host.clock, this.stopped ? settledCheckMs : randomUnit(host.prng) * 2 * everyMs)
      const driver = new Driver(host, name)
      try {
        if (this.stopped) this.done = (await this.#throttle(driver, undefined)) && (await this.#isSettled(driver))
        else if (randomBelow(host.prng, 3) > 0) await this.#move(host, driver, handle)
        else await this.#throttle(driver, randomBelow(host.prng, 3) > 0 ? slowBytes : undefined)
      } catch (error) {
        expectNetworkTrouble(this.#world, name, error)
      }
      driver.close()
    }
  }

  async #move(host: Host, driver: Driver, { name, partitionCount }: TopicHandle): Promise<void> {
    const { directories } = this.plan
    const partition = randomBelow(host.prng, partitionCount)
    const path = directories[randomBelow(host.prng, directories.length)] as string
    const { results } = await driver.call(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, {
      dirs: [{ path, topics: [{ name, partitions: [partition] }] }],
    })
    const errorCode = results[0]?.partitions[0]?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR
    if (errorCode === 0 || retriable.has(errorCode)) return
    this.#world.fail(
      `${this.plan.name}: a move of ${name}-${partition} to ${path} was refused: ${errorOf(errorCode).name}`,
    )
  }

  /** Undefined: no limit. Answers whether it holds. */
  async #throttle(driver: Driver, bytesPerSecond: number | undefined): Promise<boolean> {
    const name = 'replica.alter.log.dirs.io.max.bytes.per.second'
    const config =
      bytesPerSecond === undefined
        ? { name, configOperation: configOperation.delete, value: null }
        : { name, configOperation: configOperation.set, value: String(bytesPerSecond) }
    const { responses } = await driver.call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, {
      resources: [{ resourceType: brokerResource, resourceName: anyBroker, configs: [config] }],
    })
    return responses[0]?.errorCode === 0
  }

  async #isSettled(driver: Driver): Promise<boolean> {
    const { results } = await driver.call(describeLogDirsRequest, describeLogDirsResponse, { topics: null })
    const partitions = results.flatMap(({ topics }) => topics.flatMap(each => each.partitions))
    return results.every(({ errorCode }) => errorCode === 0) && !partitions.some(({ isFutureKey }) => isFutureKey)
  }
}
