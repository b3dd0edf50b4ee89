import { DorsaleError, Queue } from '@dorsale/base'
import type { BatchDelivery } from './delivery.ts'
import type { ProducerRecord } from './record.ts'

export interface LateRecordsOptions {
  /** The bytes are there, and those of all that were sent before. */
  append(record: ProducerRecord, delivery: BatchDelivery): void
  /** There will be none. */
  lose(error: Error, delivery: BatchDelivery, topic: string): void
  /** Fewer wait than before. */
  onProgress(): void
}

/** As many wait at most before the producer counts as full; at twice as many a send fails. */
const countMax = 10_000

interface Late {
  readonly topic: string
  readonly pending: ProducerRecord | Promise<ProducerRecord>
  readonly delivery: BatchDelivery
}

/**
 * Records whose serializers ask somebody first, a schema registry say, and those that were sent after them: records stay in the order in which they were sent, as with
 * Kafka's serializers, which block.
 */
export class LateRecords {
  readonly #options: LateRecordsOptions
  readonly #queue = new Queue<Late>()
  #isRunning = false
  #waiting: (() => void)[] = []

  constructor(options: LateRecordsOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  get isFull(): boolean {
    return this.#queue.length >= countMax
  }

  add(topic: string, pending: ProducerRecord | Promise<ProducerRecord>, delivery: BatchDelivery): void {
    // Heard when its turn comes.
    if (pending instanceof Promise) pending.catch(() => {})
    if (this.#queue.length >= 2 * countMax) {
      const text = `${this.#queue.length} records wait for their serializers: send no faster than they answer`
      this.#options.lose(new DorsaleError('DORSALE_BUFFER_FULL', text, { retriable: true }), delivery, topic)
      return
    }
    this.#queue.push({ topic, pending, delivery })
    if (!this.#isRunning) void this.#run()
  }

  /** Settles when nothing waits any more. */
  settled(): Promise<void> {
    if (this.isEmpty) return Promise.resolve()
    return new Promise(resolve => {
      this.#waiting.push(resolve)
    })
  }

  /** Fails all that waits. */
  abandon(error: Error): void {
    for (const { delivery, topic } of this.#queue) this.#options.lose(error, delivery, topic)
    this.#queue.clear()
    this.#progressed()
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    this.#isRunning = true
    for (let first = this.#queue.peek(); first !== undefined; first = this.#queue.peek()) {
      const { pending, delivery, topic } = first
      let record: ProducerRecord | undefined
      let failure: Error | undefined
      try {
        record = pending instanceof Promise ? await pending : pending
      } catch (error) {
        failure = error as Error
      }
      // Abandoned meanwhile.
      if (this.#queue.peek() !== first) continue
      this.#queue.shift()
      if (record !== undefined) this.#options.append(record, delivery)
      else this.#options.lose(failure as Error, delivery, topic)
      this.#progressed()
    }
    this.#isRunning = false
  }

  #progressed(): void {
    this.#options.onProgress()
    if (!this.isEmpty) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
