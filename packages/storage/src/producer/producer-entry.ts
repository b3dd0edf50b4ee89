import type { ProducerId } from '@dorsale/protocol'

/** "None" of a sequence, an epoch, an offset. */
export const none = -1

/** Batches of a producer that are remembered, so that each can be recognised when it is sent again. As many as a producer has in flight. */
const batchesRemembered = 5

/** What is remembered of a producer's batch. Never changed. */
export interface RememberedBatch {
  readonly baseSequence: number
  readonly lastSequence: number
  readonly lastOffset: number
  /** Last offset minus base offset. */
  readonly offsetDelta: number
  readonly timestamp: number
}

/** What a partition knows about one producer. */
export class ProducerEntry {
  readonly producerId: ProducerId
  /** -1 when only an expired state was known. */
  producerEpoch: number = none
  /** Of the transaction coordinator that wrote the last marker. */
  coordinatorEpoch: number = none
  /** When the producer, or a marker for it, was last heard. Expiry goes by it. */
  lastTimestamp: number = none
  /** First offset of the open transaction. */
  transactionStartOffset: number = none
  /** Oldest first. */
  batches: readonly RememberedBatch[] = []

  constructor(producerId: ProducerId) {
    this.producerId = producerId
  }

  get lastBatch(): RememberedBatch | undefined {
    return this.batches[this.batches.length - 1]
  }
  get lastSequence(): number {
    return this.lastBatch?.lastSequence ?? none
  }
  get inTransaction(): boolean {
    return this.transactionStartOffset !== none
  }

  clone(): ProducerEntry {
    const copy = new ProducerEntry(this.producerId)
    copy.producerEpoch = this.producerEpoch
    copy.coordinatorEpoch = this.coordinatorEpoch
    copy.lastTimestamp = this.lastTimestamp
    copy.transactionStartOffset = this.transactionStartOffset
    copy.batches = this.batches
    return copy
  }

  /** A new epoch starts its sequences anew. */
  enterEpoch(producerEpoch: number): void {
    if (producerEpoch === this.producerEpoch) return
    this.producerEpoch = producerEpoch
    this.batches = []
  }

  remember(batch: RememberedBatch): void {
    const kept = this.batches.length < batchesRemembered ? this.batches : this.batches.slice(1)
    this.batches = [...kept, batch]
    this.lastTimestamp = batch.timestamp
  }

  /** The batch with exactly these sequences, if it is among those remembered. */
  find(producerEpoch: number, baseSequence: number, lastSequence: number): RememberedBatch | undefined {
    if (producerEpoch !== this.producerEpoch) return undefined
    return this.batches.find(batch => batch.baseSequence === baseSequence && batch.lastSequence === lastSequence)
  }
}
