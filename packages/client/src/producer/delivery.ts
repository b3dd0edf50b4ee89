import type { ProducerBatch } from './producer-batch.ts'
import type { RecordMetadata } from './record.ts'

/**
 * What becomes of one record, for whoever wants to know: `await` it, or give it to `Promise.all`. It is no promise until somebody asks: a delivery that
 * nobody awaits costs one small object, and its failure goes to the producer's `onDeliveryError`.
 */
export class Delivery implements PromiseLike<RecordMetadata> {
  #batch: ProducerBatch | undefined
  #index = 0
  #timestamp = 0
  #error: Error | undefined
  /** Asked for before the record had a place in a batch. */
  #early: PromiseWithResolvers<RecordMetadata> | undefined

  // biome-ignore lint/suspicious/noThenProperty: it is awaited like a promise, and becomes one only then.
  then<Value = RecordMetadata, Other = never>(
    onDelivered?: ((metadata: RecordMetadata) => Value | PromiseLike<Value>) | null,
    onFailed?: ((error: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<Value | Other> {
    return this.#outcome().then(onDelivered, onFailed)
  }

  catch<Other = never>(onFailed: (error: unknown) => Other | PromiseLike<Other>): Promise<RecordMetadata | Other> {
    return this.#outcome().catch(onFailed)
  }

  finally(onSettled: () => void): Promise<RecordMetadata> {
    return this.#outcome().finally(onSettled)
  }

  /** What records share whose fate is one: the batch, or, before there is one, the delivery itself. */
  get carrier(): object {
    return this.#batch ?? this
  }

  /** Settles as the carrier does; unlike `then` it makes nobody hurry. */
  settled(): Promise<unknown> {
    return this.#batch === undefined ? this.#outcome() : this.#batch.settled()
  }

  /** The record is in a batch, as the one of this index. Called by the accumulator. */
  place(batch: ProducerBatch, index: number, timestamp: number): void {
    this.#batch = batch
    this.#index = index
    this.#timestamp = timestamp
    this.#early?.resolve(this.#outcome())
  }

  /** The record never got into a batch. True when somebody hears of it. Called by the accumulator. */
  fail(error: Error): boolean {
    this.#error = error
    this.#early?.reject(error)
    return this.#early !== undefined
  }

  #outcome(): Promise<RecordMetadata> {
    if (this.#error !== undefined) return Promise.reject(this.#error)
    const batch = this.#batch
    if (batch === undefined) {
      this.#early ??= Promise.withResolvers()
      return this.#early.promise
    }
    return batch.outcome().then(({ baseOffset, appendTime }) => ({
      topic: batch.topic,
      partition: batch.partition,
      offset: baseOffset < 0 ? -1 : baseOffset + this.#index,
      timestamp: appendTime < 0 ? this.#timestamp : appendTime,
    }))
  }
}
