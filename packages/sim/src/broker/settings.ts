import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import {
  buildBatch,
  errorCodes,
  errorOf,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { createTopic } from './admin.ts'
import { Driver, type TopicHandle } from './driver.ts'
import { expectNetworkTrouble, findTopic } from './producer.ts'

export interface SettingsPlan {
  name: string
  /** A topic of its own. */
  topic: string
  everyMs: number
}

const topicResource = 2
const setOperation = 0
/** Bytes of the batch that is sent, and the limits that let it in and keep it out. */
const probeBytes = 20_000
const limits = { wide: 100_000, narrow: 10_000 }

/** Answers that say "not now". */
const retriable = new Set<number>([
  errorCodes.REQUEST_TIMED_OUT,
  errorCodes.NOT_CONTROLLER,
  errorCodes.BROKER_NOT_AVAILABLE,
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.NOT_ENOUGH_REPLICAS,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  errorCodes.UNKNOWN_TOPIC_ID,
])

/**
 * Sets `max.message.bytes` of a topic back and forth (IncrementalAlterConfigs), and sends what is larger than one limit and smaller than the other: it is let in, or
 * not, as the last acknowledged change says, whatever restarts in between.
 */
export class Settings {
  readonly plan: SettingsPlan
  stopped = false
  readonly #world: World
  /** Undefined: a change was not answered. */
  #limit: number | undefined

  constructor(world: World, plan: SettingsPlan) {
    this.plan = plan
    this.#world = world
  }

  async run(host: Host): Promise<void> {
    const { name, topic, everyMs } = this.plan
    await createTopic(this.#world, host, { name: topic, partitionCount: 1, configs: {} })
    const handle = await findTopic(host, name, topic)
    while (!this.stopped) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * everyMs)
      const driver = new Driver(host, name)
      try {
        if (randomBelow(host.prng, 2) === 0)
          await this.#set(driver, randomBelow(host.prng, 2) === 0 ? limits.wide : limits.narrow)
        else if (this.#limit !== undefined) await this.#probe(driver, handle, this.#limit, host.clock.now())
      } catch (error) {
        expectNetworkTrouble(this.#world, name, error)
      }
      driver.close()
    }
  }

  async #set(driver: Driver, limit: number): Promise<void> {
    this.#limit = undefined
    const { name, topic } = this.plan
    const configs = [{ name: 'max.message.bytes', configOperation: setOperation, value: String(limit) }]
    const response = await driver.call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, {
      resources: [{ resourceType: topicResource, resourceName: topic, configs }],
    })
    const errorCode = response.responses[0]?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR
    if (errorCode === 0) this.#limit = limit
    else if (!retriable.has(errorCode)) {
      this.#world.fail(`${name}: max.message.bytes=${limit} was refused: ${errorOf(errorCode).name}`)
    }
  }

  async #probe(driver: Driver, { name, id }: TopicHandle, limit: number, timestamp: number): Promise<void> {
    const records = buildBatch([{ timestamp, value: Buffer.alloc(probeBytes) }])
    const topicData = [{ name, topicId: id, partitionData: [{ index: 0, records }] }]
    const response = await driver.call(produceRequest, produceResponse, { acks: -1, timeoutMs: 2000, topicData })
    const errorCode = response.responses[0]?.partitionResponses[0]?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR
    const expected = limit < probeBytes ? errorCodes.MESSAGE_TOO_LARGE : errorCodes.NONE
    if (errorCode === expected || retriable.has(errorCode)) return
    this.#world.fail(
      `a setting not obeyed: max.message.bytes=${limit} was acknowledged, and ${probeBytes} bytes were answered ${errorOf(errorCode).name}`,
    )
  }
}
