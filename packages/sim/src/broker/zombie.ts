import { randomUnit, sleep } from '@dorsale/base'
import {
  buildBatch,
  errorCodes,
  errorOf,
  initProducerIdRequest,
  initProducerIdResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import type { HistoryEvent } from '../history/history.ts'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { Driver, type TopicHandle } from './driver.ts'
import { expectNetworkTrouble, findTopic } from './producer.ts'

export interface ZombiePlan {
  name: string
  topic: string
  everyMs: number
}

const troubles = new Set<number>([
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.REQUEST_TIMED_OUT,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  errorCodes.UNKNOWN_TOPIC_ID,
])

/**
 * An idempotent producer that has gone on to its next epoch, and its ghost that has not heard of it: whatever the ghost sends must be refused, and so must
 * numbers that leave some out, before a restart of the broker and after it.
 */
export class Zombie {
  readonly plan: ZombiePlan
  stopped = false
  readonly #world: World
  readonly #history: HistoryEvent[]
  #sent = 0

  constructor(world: World, plan: ZombiePlan, history: HistoryEvent[]) {
    this.plan = plan
    this.#world = world
    this.#history = history
  }

  async run(host: Host): Promise<void> {
    const topic = await findTopic(host, this.plan.name, this.plan.topic)
    while (!this.stopped) {
      const driver = new Driver(host, this.plan.name)
      try {
        await this.#live(host, driver, topic)
      } catch (error) {
        expectNetworkTrouble(this.#world, this.plan.name, error)
      }
      driver.close()
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
    }
  }

  /** A new producer: two epochs of it, then what must be refused. Any trouble ends it, since its numbers are in doubt then. */
  async #live(host: Host, driver: Driver, topic: TopicHandle): Promise<void> {
    const producer = await driver.call(initProducerIdRequest, initProducerIdResponse, {
      transactionalId: null,
      transactionTimeoutMs: 60_000,
    })
    if (producer.errorCode !== 0) return
    const { producerId } = producer
    const send = async (producerEpoch: number, baseSequence: number): Promise<number> => {
      const value = `${this.plan.name}.${this.#sent++}`
      const identity = { producerId, producerEpoch, baseSequence }
      return this.#send(driver, topic, value, buildBatch([recordOf(value, host.clock.now())], identity))
    }
    for (const [epoch, sequence] of [
      [0, 0],
      [1, 0],
      [1, 1],
    ] as const) {
      if ((await send(epoch, sequence)) !== 0) return
    }
    for (let round = 0; round < 3; round++) {
      this.#expectRefused('an old epoch', await send(0, 1), errorCodes.INVALID_PRODUCER_EPOCH)
      this.#expectRefused('a number that leaves some out', await send(1, 5), errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER)
      await sleep(host.clock, randomUnit(host.prng) * this.plan.everyMs)
    }
  }

  async #send(driver: Driver, { name, id }: TopicHandle, value: string, records: Uint8Array): Promise<number> {
    const topicData = [{ name, topicId: id, partitionData: [{ index: 0, records }] }]
    // Noted before it leaves: an answer may never come, and the record be there all the same. Each is a process of its own: a ghost's records keep no order with its
    // successor's.
    const partition = `${name}-0`
    const index = this.#history.length
    const note = (outcome: 'ok' | 'unknown', offset?: number): void => {
      this.#history[index] = { kind: 'send', process: value, partition, value, outcome, offset, key: this.plan.name }
    }
    note('unknown')
    const response = await driver.call(produceRequest, produceResponse, { acks: -1, timeoutMs: 2000, topicData })
    const answer = response.responses[0]?.partitionResponses[0]
    const errorCode = answer?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR
    if (errorCode === 0) note('ok', answer?.baseOffset)
    return errorCode
  }

  #expectRefused(what: string, errorCode: number, expected: number): void {
    if (errorCode === 0) this.#world.fail(`${this.plan.name}: ${what} was let in`)
    // A broker that is in trouble says that first.
    else if (errorCode !== expected && !troubles.has(errorCode)) {
      this.#world.fail(`${this.plan.name}: ${what} was answered ${errorOf(errorCode).name}`)
    }
  }
}

function recordOf(value: string, timestamp: number) {
  return { timestamp, key: Buffer.from(value.split('.')[0] as string), value: Buffer.from(value) }
}
