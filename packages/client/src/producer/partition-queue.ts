import { addSequence } from '@dorsale/protocol'
import type { ProducerBatch } from './producer-batch.ts'

/** Who this producer is to the brokers. */
export interface ProducerIdentity {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/**
 * The batches of one partition: those that wait, oldest first, and those that are under way. Numbers them for idempotence: a batch keeps its number
 * through every retry, and is sent again before any later one, so the broker sees each number once, in order.
 */
export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  readonly waiting: ProducerBatch[] = []
  readonly inFlight: ProducerBatch[] = []
  batchCount = 0
  /** Bytes of the batch that left last, before compression. */
  plainBytesLast: number | undefined
  #identity: ProducerIdentity | undefined
  #nextSequence = 0
  /** -1: none since the numbers began. */
  #lastAcknowledged = -1
  /** Numbers were given to batches whose fate is unknown, or that the broker refuses: the count must begin anew. */
  #isBroken = false

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  /** The batch that the next record would join. */
  get last(): ProducerBatch | undefined {
    return this.waiting.at(-1)
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.inFlight.length === 0
  }

  /** The first deadline of a batch whose fate is open; Infinity: there is none. */
  firstDueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY
    for (const batch of this.inFlight) if (!batch.isDone) dueMs = Math.min(dueMs, batch.deadlineMs)
    // Batches wait in the order of their deadlines.
    for (const batch of this.waiting) if (!batch.isDone) return Math.min(dueMs, batch.deadlineMs)
    return dueMs
  }

  /**
   * Numbers the first waiting batch, unless its turn has not come: while an earlier one is under way a batch is not sent again, and while the count is
   * broken nothing is, until everything under way has been answered. `current` is the producer's identity; a new one begins at 0.
   */
  number(current: ProducerIdentity): boolean {
    const [batch] = this.waiting
    if (batch === undefined) return false
    const isIdle = this.inFlight.length === 0
    if (this.#isBroken || this.#identity !== current) {
      const mayChange = isIdle && (this.#isBroken || batch.baseSequence < 0 || this.#identity === undefined)
      if (mayChange) this.#begin(current)
      else if (this.#isBroken) return false
    }
    // A broker that does not know the producer begins with whatever number comes first, so the first batch goes alone: were it refused, because
    // the broker has yet to hear of a new topic, say, the second would be taken in its place.
    if (!isIdle && this.#lastAcknowledged < 0) return false
    if (batch.baseSequence >= 0) return !this.inFlight.some(({ number }) => number < batch.number)
    const identity = this.#identity!
    batch.setSequence({ ...identity, baseSequence: this.#nextSequence })
    this.#nextSequence = addSequence(this.#nextSequence, batch.recordCount)
    return true
  }

  /** Whether the count must begin anew under another identity than this. */
  needsOther(current: ProducerIdentity): boolean {
    return this.#isBroken && this.#identity === current
  }

  /** The broker has the batch. */
  acknowledge(batch: ProducerBatch): void {
    this.#remove(batch)
    if (batch.baseSequence >= 0) {
      this.#lastAcknowledged = addSequence(batch.baseSequence, batch.recordCount - 1)
    }
  }

  /** Whether the broker's next number is the batch's: everything before it is written. */
  isNext(batch: ProducerBatch): boolean {
    const expected = this.#lastAcknowledged < 0 ? 0 : addSequence(this.#lastAcknowledged, 1)
    return batch.baseSequence === expected
  }

  /** Whether an earlier batch is still to be written. */
  hasEarlier(batch: ProducerBatch): boolean {
    return [...this.inFlight, ...this.waiting].some(({ number }) => number < batch.number)
  }

  /** The batch is given up; if it had a number, the broker may or may not have seen that. */
  abandon(batch: ProducerBatch): void {
    this.#remove(batch)
    if (batch.baseSequence >= 0) this.#isBroken = true
  }

  /** The broker does not take these numbers. */
  breakCount(): void {
    this.#isBroken = true
  }

  get isBroken(): boolean {
    return this.#isBroken
  }

  /** Takes the first waiting batch on its way. */
  send(): ProducerBatch {
    const batch = this.waiting.shift() as ProducerBatch
    this.inFlight.push(batch)
    return batch
  }

  /** Puts a batch that was under way back in its place. */
  sendAgain(batch: ProducerBatch): void {
    this.replace(batch, [batch])
  }

  /** Has others wait in the place of a batch. */
  replace(batch: ProducerBatch, others: readonly ProducerBatch[]): void {
    this.#remove(batch)
    const index = this.waiting.findIndex(({ number }) => number > batch.number)
    this.waiting.splice(index < 0 ? this.waiting.length : index, 0, ...others)
  }

  #begin(identity: ProducerIdentity): void {
    this.#identity = identity
    this.#isBroken = false
    this.#nextSequence = 0
    this.#lastAcknowledged = -1
    for (const batch of this.waiting) batch.baseSequence = -1
  }

  #remove(batch: ProducerBatch): void {
    removeFrom(this.inFlight, batch)
    removeFrom(this.waiting, batch)
  }
}

function removeFrom(list: ProducerBatch[], batch: ProducerBatch): void {
  // The oldest is the rule, and `splice` makes an array of what it takes out.
  if (list[0] === batch) list.shift()
  else if (list.includes(batch)) list.splice(list.indexOf(batch), 1)
}
