import { type Clock, sleep } from '@dorsale/base'
import type { FetchMetrics } from '../metrics/fetch-metrics.ts'
import type { PollMetrics } from '../metrics/poll-metrics.ts'
import type { AssignedPartition } from './assigned-partition.ts'
import type { FetchedChunk } from './fetched-chunk.ts'
import { nameOf, type TopicPartition } from './offset-lookup.ts'
import { type Portion, PortionReader, type Reading } from './portion.ts'
import type { ConsumerRecord, RecordChunk } from './record-chunk.ts'
import type { Turns } from './turns.ts'

export interface HandOutOptions<K, V> {
  readonly clock: Clock
  readonly assigned: Map<string, AssignedPartition>
  readonly turns: Turns
  readonly reading: Reading<K, V>
  readonly metrics: { readonly fetch: FetchMetrics; readonly poll: PollMetrics }
  /** The application asks for records: who is no member of the group joins. */
  onAsked(): void
  /** There may be something to fetch. */
  onTaken(): void
}

/** What is handed out, and of which assignment it is. */
interface Taken<K, V> {
  readonly chunk: Portion<K, V>
  readonly partition: AssignedPartition
  readonly generation: number
}

/** The pause of a `poll` after `stop`, at most. */
export const stoppedPauseMs = 100

/** Hands out what was fetched, partition by partition in turn, to whoever asks; and what has gone wrong. */
export class HandOut<K, V> {
  readonly #options: HandOutOptions<K, V>
  readonly #readers = new WeakMap<FetchedChunk, PortionReader<K, V>>()
  #isClosed = false
  #isStopping = false
  /** What `poll` handed out last, which the next call says is handled. */
  #polled: Taken<K, V> | undefined
  /** At most one of each partition; of the consumer itself under ''. */
  readonly #errors = new Map<string, Error>()
  #waiting: (() => void)[] = []

  constructor(options: HandOutOptions<K, V>) {
    this.#options = options
  }

  /** Whoever asks next is thrown this, unless the partition is moved before. */
  raise(error: Error, of?: TopicPartition): void {
    this.#errors.set(of === undefined ? '' : nameOf(of), error)
    this.wake()
  }

  forgive(of: TopicPartition): void {
    this.#errors.delete(nameOf(of))
  }

  /** Has those who wait look again. */
  wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }

  /** Loops end when they ask for more. */
  stop(): void {
    this.#isStopping = true
    this.wake()
  }

  close(): void {
    this.#isClosed = true
    this.#finishPolled()
    this.wake()
  }

  async *chunks(): AsyncGenerator<RecordChunk<K, V>, void, undefined> {
    const { turns } = this.#options
    for (;;) {
      const taken = await this.#next()
      if (taken === undefined) return
      const { chunk, partition, generation } = taken
      turns.hold()
      try {
        yield chunk
        if (partition.generation === generation) partition.noteHandled(chunk.nextOffset, chunk.lastEpoch)
      } finally {
        turns.release()
      }
    }
  }

  async *records(): AsyncGenerator<ConsumerRecord<K, V>, void, undefined> {
    for (;;) {
      const taken = await this.#next()
      if (taken === undefined) return
      yield* this.#recordsOf(taken)
    }
  }

  async *#recordsOf({ chunk, partition, generation }: Taken<K, V>) {
    const { turns, onTaken } = this.#options
    turns.hold()
    let isRead = false
    try {
      for (const record of chunk) {
        // A seek, a pause or another assignment, while the application held the record before: the rest is not wanted.
        if (partition.generation !== generation || this.#isStopping) return
        partition.position = record.offset + 1
        yield record
        if (partition.generation === generation) partition.noteHandled(record.offset + 1, record.leaderEpoch)
        await this.#comeBack()
      }
      isRead = true
    } finally {
      turns.release()
      if (partition.generation === generation) {
        if (isRead) {
          partition.position = chunk.nextOffset
          partition.noteHandled(chunk.nextOffset, chunk.lastEpoch)
        } else {
          partition.drop()
          onTaken()
        }
      }
    }
  }

  /** The application asks for the next record of a chunk that it holds: the group may have its turn between the two. */
  async #comeBack(): Promise<void> {
    const { turns, onAsked } = this.#options
    turns.asked()
    onAsked()
    if (turns.isWaiting) {
      turns.release()
      while (await turns.serve());
      turns.hold()
    }
    turns.left()
  }

  /** The next chunk, if one comes within `timeoutMs`. */
  async poll(timeoutMs: number): Promise<RecordChunk<K, V> | undefined> {
    const { clock, turns } = this.#options
    this.#finishPolled()
    // A loop that goes on asking must not keep the event loop from whatever is to end it.
    if (this.#isStopping) await sleep(clock, Math.min(timeoutMs, stoppedPauseMs))
    const endMs = clock.monotonic() + timeoutMs
    const timer = clock.setTimer(timeoutMs, () => this.wake())
    try {
      this.#polled = await this.#next(endMs)
      if (this.#polled !== undefined) turns.hold()
      return this.#polled?.chunk
    } finally {
      timer.cancel()
    }
  }

  #finishPolled(): void {
    if (this.#polled === undefined) return
    const { chunk, partition, generation } = this.#polled
    this.#polled = undefined
    if (partition.generation === generation) partition.noteHandled(chunk.nextOffset, chunk.lastEpoch)
    this.#options.turns.release()
  }

  /** Undefined: closed, or `endMs` has passed. */
  async #next(endMs = Number.POSITIVE_INFINITY): Promise<Taken<K, V> | undefined> {
    const { turns, metrics } = this.#options
    turns.asked()
    metrics.poll.asked()
    try {
      return await this.#wait(endMs)
    } finally {
      turns.left()
      metrics.poll.left()
    }
  }

  async #wait(endMs: number): Promise<Taken<K, V> | undefined> {
    const { clock, turns, onAsked } = this.#options
    for (;;) {
      if (this.#isClosed || this.#isStopping) return undefined
      for (const [name, error] of this.#errors) {
        this.#errors.delete(name)
        throw error
      }
      onAsked()
      // From this look at the turns to the wait below nothing is awaited: a turn that came in between would wake nobody.
      if (turns.isReady) {
        await turns.serve()
        continue
      }
      const partition = this.#pick()
      if (partition !== undefined) {
        const taken = this.#take(partition)
        // Not awaited unless it must be: a turn of the loop for each portion would be felt.
        const result = taken instanceof Promise ? await taken : taken
        if (result !== undefined) return result
        continue
      }
      if (clock.monotonic() >= endMs) return undefined
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    }
  }

  /** A partition with something to hand out; it goes behind the others, so that each has its turn. */
  #pick(): AssignedPartition | undefined {
    const { assigned } = this.#options
    for (const [name, partition] of assigned) {
      if (partition.buffered === undefined || this.#readers.get(partition.buffered)?.isBusy) continue
      assigned.delete(name)
      assigned.set(name, partition)
      return partition
    }
    return undefined
  }

  /** Undefined: there was nothing for the application, or it is not wanted any more. */
  #take(partition: AssignedPartition): Taken<K, V> | undefined | Promise<Taken<K, V> | undefined> {
    const { generation } = partition
    const chunk = partition.buffered as FetchedChunk
    let reader = this.#readers.get(chunk)
    if (reader === undefined) {
      reader = new PortionReader(chunk, this.#options.reading)
      this.#readers.set(chunk, reader)
    }
    try {
      const portion = reader.take()
      if (!(portion instanceof Promise)) return this.#settle(partition, generation, { portion, reader })
      return this.#takeLate(partition, generation, { pending: portion, reader })
    } catch (error) {
      throw this.#failed(partition, generation, error)
    }
  }

  async #takeLate(
    partition: AssignedPartition,
    generation: number,
    { pending, reader }: { pending: Promise<Portion<K, V>>; reader: PortionReader<K, V> },
  ): Promise<Taken<K, V> | undefined> {
    try {
      const portion = await pending
      // Who else asks has passed this partition by meanwhile.
      this.wake()
      return this.#settle(partition, generation, { portion, reader })
    } catch (error) {
      this.wake()
      if (partition.generation !== generation) return undefined
      throw this.#failed(partition, generation, error)
    }
  }

  #settle(
    partition: AssignedPartition,
    generation: number,
    { portion, reader }: { portion: Portion<K, V>; reader: PortionReader<K, V> },
  ): Taken<K, V> | undefined {
    if (partition.generation !== generation) return undefined
    const chunk = partition.buffered as FetchedChunk
    const before = partition.position
    partition.position = portion.nextOffset
    partition.fetchOffset = chunk.nextOffset
    partition.lastEpoch = chunk.lastEpoch
    // Kafka counts what was fetched when its first records are handed out.
    if (before === chunk.fetchOffset) this.#options.metrics.fetch.onTaken(partition, chunk)
    if (reader.isDone) {
      chunk.release()
      partition.onTaken()
      this.#options.onTaken()
    }
    if (portion.records.length > 0) return { chunk: portion, partition, generation }
    // Everything was passed by: that is handled as soon as what comes before it is.
    if (partition.handledOffset === before) partition.noteHandled(portion.nextOffset, portion.lastEpoch)
    return undefined
  }

  /** The position stays at what cannot be read; what was fetched behind it is let go. */
  #failed(partition: AssignedPartition, generation: number, error: unknown): unknown {
    if (partition.generation === generation) {
      partition.drop()
      this.#options.onTaken()
    }
    return error
  }
}
