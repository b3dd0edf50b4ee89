import { DorsaleError, randomBelow, randomUnit, sleep } from '@dorsale/base'
import {
  type Consumer,
  type ConsumerSettings,
  createConsumer,
  createProducer,
  type Producer,
  type ProducerSettings,
  type RecordChunk,
  TransactionError,
} from '@dorsale/client'
import type { HistoryEvent, Read } from '../history/history.ts'
import { type Host, ProcessDied } from '../world/process.ts'
import type { World } from '../world/world.ts'

export interface CopierPlan {
  name: string
  input: string
  /** Each record goes to each of these, to the partition of the same number, over again where there are fewer. */
  outputs: readonly string[]
  partitionCount: number
  /** One transaction of so many is aborted on purpose; 0: none. */
  abortsOneOf: number
  /** How long a transaction stays open between its records and its end, at most. */
  lingersMs: number
  consumer: ConsumerSettings
  producer: ProducerSettings
}

/** Stands between what a copy is of and which attempt made it. */
export const attemptMark = '~'

/** What one transaction copies. */
interface Input {
  topic: string
  partition: number
  nextOffset: number
  reads: readonly Read[]
}

/** One try to copy. */
interface Attempt {
  transaction: string
  sent: { value: string; partition: string; offset: number | undefined }[]
  /** The coordinator may have been asked to commit. */
  mayCommit: boolean
}

/**
 * Reads, and writes what it read into other topics, together with how far it got, in transactions of `@dorsale/client`'s producer: each record once,
 * whatever happens. It may be killed in the middle, fenced by a copier of the same transactional id, and lose its partitions to another; it may change its
 * mind and abort.
 */
export class Copier {
  readonly plan: CopierPlan
  /** Does not begin anything new. */
  isStopped = false
  /** Straight to the end: no delays, nothing aborted on purpose. */
  isSettling = false
  readonly #world: World
  readonly #history: HistoryEvent[]
  #life = 0
  #attempts = 0
  #open: Attempt | undefined

  constructor(world: World, plan: CopierPlan, history: HistoryEvent[]) {
    this.plan = plan
    this.#world = world
    this.#history = history
  }

  /** One life of it: ends when its producer can do nothing any more. */
  async run(host: Host): Promise<void> {
    this.#life++
    const producer = createProducer({ world: host, settings: this.plan.producer })
    const consumer = createConsumer({ world: host, settings: this.plan.consumer })
    try {
      await patiently(() => producer.initTransactions())
      const process = `${this.plan.name}#${this.#life}`
      consumer.subscribe([this.plan.input], {
        assigned: () => void this.#history.push({ kind: 'seek', process }),
      })
      await this.#copyAll(host, consumer, producer)
    } catch (error) {
      if (!isFatal(error)) throw error
      this.#world.trace.tell(this.#world.nowMs, `${this.plan.name}#${this.#life} ends: ${(error as Error).message}`)
    }
    this.#settle('aborted')
    await consumer.close({ group: 'leave' })
    await producer.close({ timeoutMs: 1000 })
    host.exit(0)
  }

  /** Its process died: what it had asked for may still be done, and nothing else. */
  died(): void {
    this.#settle(this.#open?.mayCommit ? 'unknown' : 'aborted')
  }

  async #copyAll(host: Host, consumer: Consumer, producer: Producer): Promise<void> {
    while (!this.isStopped) {
      let chunk: RecordChunk | undefined
      try {
        chunk = await consumer.poll({ timeoutMs: 500 })
      } catch (error) {
        if (error instanceof ProcessDied || !(error instanceof DorsaleError)) throw error
        // The group, or the place in a partition, could not be had in time.
        await sleep(host.clock, 100)
      }
      if (chunk === undefined) continue
      const { topic, partition, nextOffset } = chunk
      const reads = [...chunk].map(({ offset, value }) => ({
        partition: `${topic}-${partition}`,
        offset,
        value: nameOf(value),
      }))
      const [first] = reads
      // Markers of transactions alone.
      if (first === undefined) continue
      if (await this.#copy(host, consumer, producer, { topic, partition, nextOffset, reads })) continue
      // It is to come again, unless its partition has gone to another member meanwhile.
      this.#history.push({ kind: 'seek', process: `${this.plan.name}#${this.#life}` })
      if (!consumer.assignment.some(each => each.topic === topic && each.partition === partition)) continue
      consumer.seek({ topic, partition, offset: first.offset })
    }
  }

  /** True when the chunk is copied; false when that was called off. Throws what the producer cannot survive. */
  async #copy(host: Host, consumer: Consumer, producer: Producer, input: Input): Promise<boolean> {
    const { topic, partition, nextOffset, reads } = input
    const attempt: Attempt = {
      transaction: `${this.plan.name}#${this.#life}.${this.#attempts++}`,
      sent: [],
      mayCommit: false,
    }
    this.#open = attempt
    const process = `${this.plan.name}#${this.#life}`
    this.#history.push({ kind: 'poll', process, reads, transaction: attempt.transaction })
    producer.beginTransaction()
    try {
      for (const { value } of reads)
        this.#send(producer, attempt, `${value}${attemptMark}${attempt.transaction}`, partition)
      const offsets = [{ topic, partition, offset: nextOffset }]
      const group = consumer.groupMetadata()
      await patiently(() => producer.sendOffsetsToTransaction(offsets, group))
      if (!this.isSettling) await sleep(host.clock, randomUnit(host.prng) * this.plan.lingersMs)
      const { abortsOneOf } = this.plan
      if (!this.isSettling && abortsOneOf > 0 && randomBelow(host.prng, abortsOneOf) === 0) {
        await patiently(() => producer.abortTransaction())
        this.#settle('aborted')
        return false
      }
      attempt.mayCommit = true
      await patiently(() => producer.commitTransaction())
      this.#settle('committed')
      return true
    } catch (error) {
      if (error instanceof ProcessDied || !(error instanceof DorsaleError)) throw error
      if (isFatal(error)) {
        // Another one has this id, or had it when the request came: a commit may have been done before.
        this.#settle(attempt.mayCommit ? 'unknown' : 'aborted')
        throw error
      }
      await patiently(() => producer.abortTransaction())
      this.#settle('aborted')
      return false
    }
  }

  #send(producer: Producer, attempt: Attempt, value: string, inputPartition: number): void {
    const partition = inputPartition % this.plan.partitionCount
    for (const topic of this.plan.outputs) {
      const sent = {
        value: `${value}${attemptMark}${topic}`,
        partition: `${topic}-${partition}`,
        offset: undefined as number | undefined,
      }
      attempt.sent.push(sent)
      producer.send({ topic, partition, value: sent.value }).then(
        ({ offset }) => {
          sent.offset = offset
        },
        () => {},
      )
    }
  }

  /** What became of the open attempt, in the history. */
  #settle(outcome: 'committed' | 'aborted' | 'unknown'): void {
    const attempt = this.#open
    if (attempt === undefined) return
    this.#open = undefined
    const { transaction, sent } = attempt
    for (const { value, partition, offset } of sent) {
      // A record of a transaction that was committed is there, or the commit would have failed.
      const isThere = outcome === 'committed' || offset !== undefined
      this.#history.push({
        kind: 'send',
        process: transaction,
        partition,
        value,
        outcome: isThere ? 'ok' : 'unknown',
        offset: offset !== undefined && offset >= 0 ? offset : undefined,
        transaction,
      })
    }
    this.#history.push({ kind: 'transaction', transaction, outcome })
    this.#world.trace.note(this.#world.nowMs, `${outcome} ${transaction} of ${sent.length} records`)
  }
}

/** Calls that take longer than they wait go on, and are waited for again. */
async function patiently(call: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof DorsaleError && error.code === 'DORSALE_TIMEOUT')) throw error
    }
  }
}

function isFatal(error: unknown): boolean {
  return error instanceof TransactionError && error.severity === 'fatal'
}

function nameOf(value: Uint8Array | null): string {
  const [name = ''] = Buffer.from(value ?? [])
    .toString()
    .split(' ')
  return name
}
