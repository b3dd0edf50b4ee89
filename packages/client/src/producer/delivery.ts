import type { ProducerBatch } from './producer-batch.ts'
import type { Delivery, RecordMetadata } from './record.ts'

/** What becomes of one record of a batch. It is no promise until somebody asks: a delivery that nobody awaits costs one small object. */
export class BatchDelivery implements Delivery {
  #batch: ProducerBatch | undefined
  #index = 0
  #timestamp = 0
  #error: Error | undefined
  /** Asked for before the record had a place in a batch. */
  #early: PromiseWithResolvers<RecordMetadata> | undefined
  #hurries = false

  // biome-ignore lint/suspicious/noThenProperty: it is awaited like a promise, and becomes one only then.
  then<Value = RecordMetadata, Other = never>(
    onDelivered?: ((metadata: RecordMetadata) => Value | PromiseLike<Value>) | null,
    onFailed?: ((error: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<Value | Other> {
    const batch = this.#batch
    if (batch === undefined || this.#error !== undefined) {
      return this.#outcome({ hurries: true }).then(onDelivered, onFailed)
    }
    // What `#outcome` does, in one step: for a record that is awaited alone its promises and turns were one microsecond of 21 that the client's own work takes.
    batch.hurry()
    return batch.settled().then(() => {
      let metadata: RecordMetadata
      try {
        metadata = this.#metadataOf(batch)
      } catch (error) {
        if (onFailed) return onFailed(error)
        throw error
      }
      return onDelivered ? onDelivered(metadata) : (metadata as Value)
    })
  }

  catch<Other = never>(onFailed: (error: unknown) => Other | PromiseLike<Other>): Promise<RecordMetadata | Other> {
    return this.#outcome({ hurries: true }).catch(onFailed)
  }

  finally(onSettled: () => void): Promise<RecordMetadata> {
    return this.#outcome({ hurries: true }).finally(onSettled)
  }

  /** What records share whose fate is one: the batch, or, before there is one, the delivery itself. */
  get carrier(): object {
    return this.#batch ?? this
  }

  /** Settles as the carrier does; unlike `then` it makes nobody hurry. */
  async settled(): Promise<void> {
    const batch = this.#batch
    if (batch === undefined) {
      await this.observed()
      return
    }
    await batch.settled()
    if (batch.failure !== undefined) throw batch.failure
  }

  /** As `then`, for an onlooker, for whom nobody hurries. */
  observed(): Promise<RecordMetadata> {
    return this.#outcome({ hurries: false })
  }

  /** As `observed`, in the broker's words, for faces of other clients (parts.ts). */
  async placed(): Promise<ReturnType<ProducerBatch['placeOf']>> {
    await this.observed()
    return this.#batch!.placeOf(this.#index)
  }

  /** The record is in a batch, as the one of this index. Called by the accumulator. */
  place(batch: ProducerBatch, index: number, timestamp: number): void {
    this.#batch = batch
    this.#index = index
    this.#timestamp = timestamp
    this.#early?.resolve(this.#outcome({ hurries: this.#hurries }))
  }

  /** The record never got into a batch. True when somebody hears of it. Called by the accumulator. */
  fail(error: Error): boolean {
    this.#error = error
    this.#early?.reject(error)
    return this.#early !== undefined
  }

  async #outcome({ hurries }: { hurries: boolean }): Promise<RecordMetadata> {
    if (this.#error !== undefined) throw this.#error
    const batch = this.#batch
    if (batch === undefined) {
      this.#hurries ||= hurries
      this.#early ??= Promise.withResolvers()
      return this.#early.promise
    }
    if (hurries) batch.hurry()
    await batch.settled()
    return this.#metadataOf(batch)
  }

  /** Throws why the record is lost. */
  #metadataOf(batch: ProducerBatch): RecordMetadata {
    const { offset, appendTime } = batch.placeOf(this.#index)
    const { topic, partition } = batch
    return { topic, partition, offset, timestamp: appendTime < 0 ? this.#timestamp : appendTime }
  }
}
