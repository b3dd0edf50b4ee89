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
import { brokerMachine, Driver, type TopicHandle } from './driver.ts'

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
  /** Records have one of so many keys, and now and then no value; 0: no keys. */
  keyCount: number
  /** Records claim to be up to this much older or newer than they are. */
  timestampSpreadMs: number
  /** The topic grows: it is looked at again now and then. */
  watchesTopic: boolean
}

interface Batch {
  partition: number
  values: string[]
  /** How many lives of the broker had ended when this was made, of those that may leave a snapshot of producers behind. */
  brokerEnds: number
  timestamps: number[]
  /** Key of each value, and whether it deletes that. */
  keys: { key: string; isTombstone: boolean }[]
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
/** The header that names a record without a value. */
export const nameHeader = 'name'

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
  readonly #logRolls: boolean
  #producerId = -1n
  #epoch = -1
  readonly #sequences: number[] = []
  #topic: TopicHandle = { name: '', id: '', partitionCount: 0 }
  #made = 0
  #sent = 0

  /** `logRolls`: snapshots of producers may be taken at any time. */
  constructor(world: World, plan: ProducerPlan, history: HistoryEvent[], { logRolls = true } = {}) {
    this.plan = plan
    this.#logRolls = logRolls
    this.#world = world
    this.#history = history
  }

  async run(host: Host): Promise<void> {
    this.#topic = await findTopic(host, this.plan.name, this.plan.topic)
    if (this.plan.idempotent) await this.#produceIdempotently(host)
    else await this.#producePlainly(host)
    this.done = true
  }

  /** Now and then: partitions may have been added. */
  async #lookAtTopic(host: Host, driver: Driver): Promise<void> {
    if (!this.plan.watchesTopic || randomBelow(host.prng, 8) > 0) return
    this.#topic = await refreshTopic(this.#world, driver, this.#topic)
  }

  async #producePlainly(host: Host): Promise<void> {
    let driver = new Driver(host, this.plan.name)
    for (; this.#sent < this.plan.batches; this.#sent++) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      if (driver.closed !== undefined) {
        await sleep(host.clock, 50)
        driver = new Driver(host, this.plan.name)
      }
      await this.#lookAtTopic(host, driver).catch(error => this.#expectNetworkTrouble(error))
      const batch = this.#make(host)
      if (this.plan.acks === 0) {
        driver.tell(produceRequest, this.#requestOf(batch), { version: this.#versionOf(driver) })
        this.#record(batch, 'unknown')
        continue
      }
      try {
        this.#settle(batch, await this.#send(driver, batch))
      } catch (error) {
        this.#record(batch, 'unknown')
        this.#expectNetworkTrouble(error)
        driver.close()
      }
    }
    driver.close()
  }

  async #produceIdempotently(host: Host): Promise<void> {
    let waiting: Batch[] = []
    while (this.#sent < this.plan.batches) {
      const driver = new Driver(host, this.plan.name)
      try {
        await this.#initProducerId(driver)
        await this.#lookAtTopic(host, driver)
        waiting = await this.#pipeline(host, driver, waiting)
      } catch (error) {
        this.#expectNetworkTrouble(error)
      }
      driver.close()
      await sleep(host.clock, 20 + randomUnit(host.prng) * 100)
    }
  }

  /**
   * Sends on one connection until it fails or everything is answered; answers what was not, in order.
   *
   * A snapshot of producers, in Kafka's format, has the last batch of each; one is taken when a log is closed in good order, and when it rolls. A broker that
   * starts from it knows only the last of several unanswered batches: the others are out of order when they come again. They are in the log all
   * the same, or that last one would be refused too.
   */
  async #pipeline(host: Host, driver: Driver, again: Batch[]): Promise<Batch[]> {
    const unanswered: Batch[] = []
    const replies: Promise<void>[] = []
    const outOfOrder = new Set<Batch>()
    let troubled = false
    let cut = false
    const settled = (batch: Batch): void => {
      unanswered.splice(unanswered.indexOf(batch), 1)
      outOfOrder.delete(batch)
      this.#sent++
    }
    const send = (batch: Batch): void => {
      unanswered.push(batch)
      replies.push(
        this.#send(driver, batch).then(
          answer => {
            const isOutOfOrder = answer.errorCode === errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER
            // What follows one that is in the log already, and not the last, may be there as well.
            const follows = [...outOfOrder].some(({ partition }) => partition === batch.partition)
            // After other trouble with one batch the answers to later ones (out of order, mostly) say nothing.
            if (troubled && answer.errorCode !== 0 && !(isOutOfOrder && follows)) return
            if (isOutOfOrder) {
              if (!troubled && batch.brokerEnds === this.#brokerEnds) this.#refused(batch)
              outOfOrder.add(batch)
              troubled = true
              return
            }
            if (!this.#settle(batch, answer)) {
              troubled = true
              return
            }
            settled(batch)
            for (const earlier of outOfOrder) {
              if (earlier.partition !== batch.partition) continue
              this.#record(earlier, 'ok')
              settled(earlier)
            }
          },
          error => {
            troubled = true
            cut = true
            this.#expectNetworkTrouble(error)
          },
        ),
      )
    }
    for (const batch of again) send(batch)
    while (!troubled && this.#made < this.plan.batches) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * this.plan.everyMs)
      await this.#lookAtTopic(host, driver).catch(error => {
        troubled = true
        this.#expectNetworkTrouble(error)
      })
      if (!troubled && unanswered.length < inFlightMax) send(this.#make(host))
    }
    await Promise.all(replies)
    const [refused] = outOfOrder
    if (refused !== undefined && !cut) this.#refused(refused)
    return unanswered
  }

  #refused({ values }: Batch): void {
    this.#world.fail(`${this.plan.name}: Produce of ${values[0]} was refused: OUT_OF_ORDER_SEQUENCE_NUMBER`)
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

  get #brokerEnds(): number {
    const { exitCount, endCount } = this.#world.machine(brokerMachine)
    return this.#logRolls ? endCount : exitCount
  }

  #make(host: Host): Batch {
    const partition = randomBelow(host.prng, this.#topic.partitionCount)
    const count = 1 + randomBelow(host.prng, this.plan.recordsPerBatchMax)
    const baseSequence = this.#sequences[partition] ?? 0
    this.#sequences[partition] = baseSequence + count
    const number = this.#made++
    const values = Array.from({ length: count }, (_, index) => `${this.plan.name}.${number}.${index}`)
    const now = host.clock.now()
    const { timestampSpreadMs } = this.plan
    const timestamps = values.map(() =>
      timestampSpreadMs === 0 ? now : now + randomBelow(host.prng, 2 * timestampSpreadMs) - timestampSpreadMs,
    )
    const { keyCount } = this.plan
    const keys = (keyCount === 0 ? [] : values).map(() => ({
      key: `k${randomBelow(host.prng, keyCount)}`,
      isTombstone: randomBelow(host.prng, 8) === 0,
    }))
    const bytes = buildBatch(
      values.map((value, index) => {
        const text = `${value} ${'x'.repeat(randomBelow(host.prng, this.plan.valueBytesMax + 1))}`
        const isTombstone = keys[index]?.isTombstone
        return {
          timestamp: timestamps[index] as number,
          key: keys[index] === undefined ? null : Buffer.from(keys[index].key),
          value: isTombstone ? null : Buffer.from(text),
          // What has no value is told by a header.
          headers: isTombstone ? [{ key: nameHeader, value: Buffer.from(text) }] : [],
        }
      }),
      {
        codec: this.plan.codec,
        ...(this.plan.idempotent ? { producerId: this.#producerId, producerEpoch: this.#epoch, baseSequence } : {}),
      },
    )
    return { partition, values, brokerEnds: this.#brokerEnds, timestamps, keys, bytes }
  }

  #requestOf({ partition, bytes }: Batch) {
    const topic = this.#topic
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

  async #send(driver: Driver, batch: Batch) {
    // A batch may be sent again: the broker stamps what it is given, so each request has its own bytes.
    const copy = { ...batch, bytes: batch.bytes.slice() }
    const response = await driver.call(produceRequest, produceResponse, this.#requestOf(copy), {
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
        timestamp: batch.timestamps[index] as number,
        ...batch.keys[index],
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

/** The topic as it is now; it may have grown, and never shrinks. */
export async function refreshTopic(world: World, driver: Driver, known: TopicHandle): Promise<TopicHandle> {
  const topic = await driver.topic(known.name)
  // Not known for a moment: a broker that starts.
  if (topic === undefined) return known
  if (topic.id !== known.id) world.fail(`another topic: ${known.name} was ${known.id} and is ${topic.id}`)
  if (topic.partitionCount < known.partitionCount) {
    world.fail(`fewer partitions: ${known.name} had ${known.partitionCount} and has ${topic.partitionCount}`)
  }
  return topic
}
