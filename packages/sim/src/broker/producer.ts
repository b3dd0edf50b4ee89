import { type DorsaleError, randomBelow, randomUnit, sleep } from '@dorsale/base'
import {
  buildBatch,
  type CodecName,
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

export interface ProducerPlan {
  name: string
  topic: string
  acks: 0 | 1 | -1
  /** With a producer id and sequence numbers, sent again until answered. A plain producer sends each batch once. */
  idempotent: boolean
  batches: number
  recordsPerBatchMax: number
  valueBytesMax: number
  codec: CodecName | undefined
  /** Mean time between batches. */
  everyMs: number
}

interface Batch {
  partition: number
  values: string[]
  bytes: Uint8Array
}

/** Errors that say: not now. Everything else is an answer that no fault in these scenarios explains. */
const retriable = new Set<number>([
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.REQUEST_TIMED_OUT,
  errorCodes.NOT_ENOUGH_REPLICAS,
  errorCodes.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  errorCodes.UNKNOWN_TOPIC_ID,
  errorCodes.LEADER_NOT_AVAILABLE,
  errorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  errorCodes.COORDINATOR_NOT_AVAILABLE,
])

const inFlightMax = 5

/** Clients that speak older versions do not know zstd, and are refused. */
const zstdProduceVersion = 7
export const zstdFetchVersion = 10

/**
 * A producer whose every send ends in the history. The idempotent one keeps up to five batches under way, and after any trouble opens a new
 * connection and sends all that were not answered again, in order and under the same sequence numbers.
 */
export class Producer {
  readonly plan: ProducerPlan
  done = false
  readonly #world: World
  readonly #history: HistoryEvent[]
  #producerId = -1n
  #epoch = -1
  readonly #sequences: number[] = []
  #made = 0
  #sent = 0

  constructor(world: World, plan: ProducerPlan, history: HistoryEvent[]) {
    this.plan = plan
    this.#world = world
    this.#history = history
  }

  async run(host: Host): Promise<void> {
    const topic = await findTopic(host, this.plan.name, this.plan.topic)
    if (this.plan.idempotent) await this.#produceIdempotently(host, topic)
    else await this.#producePlainly(host, topic)
    this.done = true
  }

  async #producePlainly(host: Host, topic: TopicHandle): Promise<void> {
    let driver = new Driver(host, this.plan.name)
    for (; this.#sent < this.plan.batches; this.#sent++) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      if (driver.closed !== undefined) {
        await sleep(host.clock, 50)
        driver = new Driver(host, this.plan.name)
      }
      const batch = this.#make(host, topic)
      if (this.plan.acks === 0) {
        driver.tell(produceRequest, this.#requestOf(topic, batch), { version: this.#versionOf(driver) })
        this.#record(batch, 'unknown')
        continue
      }
      try {
        this.#settle(batch, await this.#send(driver, topic, batch))
      } catch (error) {
        this.#record(batch, 'unknown')
        this.#expectNetworkTrouble(error)
        driver.close()
      }
    }
    driver.close()
  }

  async #produceIdempotently(host: Host, topic: TopicHandle): Promise<void> {
    let waiting: Batch[] = []
    while (this.#sent < this.plan.batches) {
      const driver = new Driver(host, this.plan.name)
      try {
        await this.#initProducerId(driver)
        waiting = await this.#pipeline(host, driver, topic, waiting)
      } catch (error) {
        this.#expectNetworkTrouble(error)
      }
      driver.close()
      await sleep(host.clock, 20 + randomUnit(host.prng) * 100)
    }
  }

  /** Sends on one connection until it fails or everything is answered; answers what was not, in order. */
  async #pipeline(host: Host, driver: Driver, topic: TopicHandle, again: Batch[]): Promise<Batch[]> {
    const unanswered: Batch[] = []
    const replies: Promise<void>[] = []
    let troubled = false
    const send = (batch: Batch): void => {
      unanswered.push(batch)
      replies.push(
        this.#send(driver, topic, batch).then(
          answer => {
            // After trouble with one batch the answers to later ones (out of order, mostly) say nothing.
            if (troubled && answer.errorCode !== 0) return
            if (!this.#settle(batch, answer)) {
              troubled = true
              return
            }
            unanswered.splice(unanswered.indexOf(batch), 1)
            this.#sent++
          },
          error => {
            troubled = true
            this.#expectNetworkTrouble(error)
          },
        ),
      )
    }
    for (const batch of again) send(batch)
    while (!troubled && this.#made < this.plan.batches) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      if (!troubled && unanswered.length < inFlightMax) send(this.#make(host, topic))
    }
    await Promise.all(replies)
    return unanswered
  }

  async #initProducerId(driver: Driver): Promise<void> {
    if (this.#producerId >= 0n) return
    const response = await driver.call(initProducerIdRequest, initProducerIdResponse, {
      transactionalId: null,
      transactionTimeoutMs: 60_000,
    })
    if (response.errorCode !== 0) {
      this.#expectRetriable(response.errorCode, 'InitProducerId')
      return this.#initProducerId(driver)
    }
    this.#producerId = response.producerId
    this.#epoch = response.producerEpoch
  }

  #make(host: Host, topic: TopicHandle): Batch {
    const partition = randomBelow(host.prng, topic.partitionCount)
    const count = 1 + randomBelow(host.prng, this.plan.recordsPerBatchMax)
    const baseSequence = this.#sequences[partition] ?? 0
    this.#sequences[partition] = baseSequence + count
    const number = this.#made++
    const values = Array.from({ length: count }, (_, index) => `${this.plan.name}.${number}.${index}`)
    const now = host.clock.now()
    const bytes = buildBatch(
      values.map(value => ({
        timestamp: now,
        key: null,
        value: Buffer.from(`${value} ${'x'.repeat(randomBelow(host.prng, this.plan.valueBytesMax + 1))}`),
      })),
      {
        codec: this.plan.codec,
        ...(this.plan.idempotent ? { producerId: this.#producerId, producerEpoch: this.#epoch, baseSequence } : {}),
      },
    )
    return { partition, values, bytes }
  }

  #requestOf(topic: TopicHandle, { partition, bytes }: Batch) {
    const partitionData = [{ index: partition, records: bytes }]
    return {
      acks: this.plan.acks,
      timeoutMs: 2000,
      topicData: [{ name: topic.name, topicId: topic.id, partitionData }],
    }
  }

  #versionOf(driver: Driver): number {
    return driver.versionOf(produceRequest, this.plan.codec === 'zstd' ? zstdProduceVersion : 0)
  }

  async #send(driver: Driver, topic: TopicHandle, batch: Batch) {
    // A batch may be sent again: the broker stamps what it is given, so each request has its own bytes.
    const copy = { ...batch, bytes: batch.bytes.slice() }
    const response = await driver.call(produceRequest, produceResponse, this.#requestOf(topic, copy), {
      version: this.#versionOf(driver),
    })
    const [answer] = response.responses.flatMap(({ partitionResponses }) => partitionResponses)
    if (answer === undefined) throw new Error('a produce response without the partition')
    return answer
  }

  /** True when the batch is in the log. */
  #settle(batch: Batch, { errorCode, baseOffset }: { errorCode: number; baseOffset: number }): boolean {
    if (errorCode === 0) {
      this.#record(batch, 'ok', baseOffset)
      return true
    }
    // The broker remembers the last five batches; an older duplicate is known by its number alone.
    if (errorCode === errorCodes.DUPLICATE_SEQUENCE_NUMBER) {
      this.#record(batch, 'ok')
      return true
    }
    this.#expectRetriable(errorCode, `Produce of ${batch.values[0]}`)
    if (!this.plan.idempotent) this.#record(batch, 'unknown')
    return false
  }

  #record(batch: Batch, outcome: 'ok' | 'unknown', baseOffset?: number): void {
    const known = baseOffset !== undefined && baseOffset >= 0
    const { name, topic } = this.plan
    batch.values.forEach((value, index) => {
      const offset = known ? baseOffset + index : undefined
      this.#history.push({
        kind: 'send',
        process: name,
        partition: `${topic}-${batch.partition}`,
        value,
        outcome,
        offset,
      })
    })
    this.#world.trace.note(
      this.#world.nowMs,
      `${name} ${outcome} ${batch.values[0]} at ${batch.partition}@${baseOffset ?? '?'}`,
    )
  }

  #expectRetriable(errorCode: number, what: string): void {
    if (!retriable.has(errorCode))
      this.#world.fail(`${this.plan.name}: ${what} was refused: ${errorOf(errorCode).name}`)
  }

  #expectNetworkTrouble(error: unknown): void {
    expectNetworkTrouble(this.#world, this.plan.name, error)
  }
}

/** A connection may close, time out or be refused; a response that cannot be read is the broker's fault. */
export function expectNetworkTrouble(world: World, name: string, error: unknown): void {
  const code = (error as DorsaleError).code
  if (code === 'DORSALE_NET' || code === 'DORSALE_TIMEOUT' || code === 'DORSALE_CLOSED' || code === 'DORSALE_SIM_BUSY')
    return
  world.fail(`${name}: an unreadable answer`, error)
}

/** Asks until the topic is there. */
export async function findTopic(host: Host, clientId: string, name: string): Promise<TopicHandle> {
  for (;;) {
    const driver = new Driver(host, clientId)
    const topic = await driver.topic(name).catch(() => undefined)
    driver.close()
    if (topic !== undefined && topic.partitionCount > 0) return topic
    await sleep(host.clock, 100)
  }
}
