import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import {
  createPartitionsRequest,
  createPartitionsResponse,
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorCodes,
  errorOf,
} from '@dorsale/protocol'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Driver } from './driver.ts'
import { expectNetworkTrouble } from './producer.ts'

export interface AdminPlan {
  name: string
  /** How many times a side topic is created or deleted. */
  changes: number
  /** How many times `growing` gets one more partition. */
  growths: number
  growing: string
  everyMs: number
}

/** Answers that say "not now". */
const retriable = new Set<number>([
  errorCodes.REQUEST_TIMED_OUT,
  errorCodes.NOT_CONTROLLER,
  errorCodes.BROKER_NOT_AVAILABLE,
  errorCodes.KAFKA_STORAGE_ERROR,
  // Kafka's answer while the only broker is fenced: it starts or stops.
  errorCodes.INVALID_REPLICATION_FACTOR,
])

/**
 * Creates and deletes topics while records flow, and knows for each whether it must be there: yes after an acknowledged creation, no
 * after an acknowledged deletion, and unknown (undefined) after a change that was not answered.
 */
export class Admin {
  readonly plan: AdminPlan
  done = false
  readonly expected = new Map<string, boolean | undefined>()
  /** Partitions of `growing` that were acknowledged. */
  partitionCountMin = 0
  readonly #world: World

  constructor(world: World, plan: AdminPlan) {
    this.plan = plan
    this.#world = world
  }

  async run(host: Host): Promise<void> {
    for (let change = 0; change < this.plan.changes; change++) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      const topic = `${this.plan.name}-${randomBelow(host.prng, 3)}`
      const driver = new Driver(host, this.plan.name)
      try {
        // Where nothing is known, either may succeed or be refused.
        if (this.expected.get(topic) ?? randomBelow(host.prng, 2) === 0) await this.#delete(driver, topic)
        else await this.create(driver, topic, 1 + randomBelow(host.prng, 3), {})
      } catch (error) {
        this.expected.set(topic, undefined)
        expectNetworkTrouble(this.#world, this.plan.name, error)
      }
      driver.close()
    }
    for (let growth = 0; growth < this.plan.growths; growth++) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      const driver = new Driver(host, this.plan.name)
      await this.#grow(driver).catch(error => expectNetworkTrouble(this.#world, this.plan.name, error))
      driver.close()
    }
    this.done = true
  }

  async #grow(driver: Driver): Promise<void> {
    const { growing: name } = this.plan
    const topic = await driver.topic(name)
    if (topic === undefined) return
    const count = topic.partitionCount + 1
    const response = await driver.call(createPartitionsRequest, createPartitionsResponse, {
      topics: [{ name, count, assignments: null }],
      timeoutMs: 2000,
      validateOnly: false,
    })
    const errorCode = response.results[0]?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR
    if (errorCode === 0) this.partitionCountMin = Math.max(this.partitionCountMin, count)
    else this.#expectRetriable(errorCode, `growth of ${name} to ${count}`)
  }

  /** Creates a topic; true when it is there now. */
  async create(driver: Driver, name: string, numPartitions: number, configs: Record<string, string>): Promise<boolean> {
    const before = this.expected.get(name)
    this.expected.set(name, undefined)
    const response = await driver.call(createTopicsRequest, createTopicsResponse, {
      topics: [
        {
          name,
          numPartitions,
          replicationFactor: 1,
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs: 2000,
    })
    const errorCode = response.topics[0]?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR
    if (errorCode === 0 || (errorCode === errorCodes.TOPIC_ALREADY_EXISTS && (before ?? true))) {
      this.expected.set(name, true)
      return true
    }
    this.#expectRetriable(errorCode, `creation of ${name}`)
    return false
  }

  async #delete(driver: Driver, name: string): Promise<void> {
    const before = this.expected.get(name)
    this.expected.set(name, undefined)
    // Version 6 names topics in another field.
    const topics = driver.versionOf(deleteTopicsRequest) >= 6 ? { topics: [{ name }] } : { topicNames: [name] }
    const response = await driver.call(deleteTopicsRequest, deleteTopicsResponse, { ...topics, timeoutMs: 2000 })
    const errorCode = response.responses[0]?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR
    if (errorCode === 0 || (errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION && before !== true)) {
      this.expected.set(name, false)
      return
    }
    this.#expectRetriable(errorCode, `deletion of ${name}`)
  }

  #expectRetriable(errorCode: number, what: string): void {
    if (!retriable.has(errorCode))
      this.#world.fail(`${this.plan.name}: ${what} was refused: ${errorOf(errorCode).name}`)
  }
}

/** Creates a topic, however often it takes; `admin` is to know of it. */
export async function createTopic(
  world: World,
  host: Host,
  { name, partitionCount, configs }: { name: string; partitionCount: number; configs: Record<string, string> },
  admin = new Admin(world, { name: 'admin', changes: 0, growths: 0, growing: name, everyMs: 0 }),
): Promise<void> {
  for (;;) {
    const driver = new Driver(host, 'admin')
    const created = await admin.create(driver, name, partitionCount, configs).catch(() => false)
    driver.close()
    if (created) return
    await sleep(host.clock, 200)
  }
}
