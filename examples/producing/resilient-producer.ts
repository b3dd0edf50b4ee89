/**
 * What an application puts around its one producer, so that a cluster in trouble does not take it along: a circuit breaker, which refuses at once while deliveries fail, and a dead
 * letter topic for records that no other try would save.
 */
import type { Producer, ProducerRecord, RecordMetadata } from '@dorsale/client'

/** The cluster did not take what was sent lately: nothing is tried for a while. Degrade, or put the record elsewhere. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError'
}

export interface CircuitOptions {
  /** Failures in a row after which it opens. Default: 10. */
  readonly failureThreshold?: number
  /** How long it stays open, in milliseconds; then one record is let through to see. Default: 30,000. */
  readonly recoveryMs?: number
  readonly now?: () => number
}

export class ResilientProducer {
  readonly #producer: Producer
  readonly #failureThreshold: number
  readonly #recoveryMs: number
  readonly #now: () => number
  #failures = 0
  #openedMs: number | undefined
  #isTrying = false

  constructor(producer: Producer, { failureThreshold = 10, recoveryMs = 30_000, now = Date.now }: CircuitOptions = {}) {
    this.#producer = producer
    this.#failureThreshold = failureThreshold
    this.#recoveryMs = recoveryMs
    this.#now = now
  }

  /** `closed`: records go through. `open`: none does. `half-open`: one does, and decides. */
  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#openedMs === undefined) return 'closed'
    return this.#now() - this.#openedMs < this.#recoveryMs ? 'open' : 'half-open'
  }

  /** Resolves when the record is written: in its topic, or, where that will never take it, in the topic's dead letters. */
  async send(record: ProducerRecord): Promise<RecordMetadata> {
    if (this.state === 'open' || this.#isTrying) throw new CircuitOpenError(`no delivery to ${record.topic} is tried`)
    this.#isTrying = this.state === 'half-open'
    try {
      const metadata = await this.#producer.send(record)
      this.#succeeded()
      return metadata
    } catch (error) {
      // Of the record, and not of the cluster.
      if (!mayPass(error)) return await this.#bury(record, error as Error)
      this.#failed()
      throw error
    } finally {
      this.#isTrying = false
    }
  }

  /** Delivers what was sent. The last thing that an application does with it. */
  close(): Promise<void> {
    return this.#producer.close()
  }

  #succeeded(): void {
    this.#failures = 0
    this.#openedMs = undefined
  }

  #failed(): void {
    this.#failures++
    if (this.#failures >= this.#failureThreshold) this.#openedMs = this.#now()
  }

  async #bury(record: ProducerRecord, error: Error): Promise<RecordMetadata> {
    const headers = [
      ...(record.headers ?? []),
      { key: 'X-Original-Topic', value: record.topic },
      { key: 'X-Error', value: error.message },
    ]
    const { key = null, value = null } = record
    return await this.#producer.send({ topic: `${record.topic}.dlq`, key, value, headers })
  }
}

/** What the client calls retriable it has tried again until `delivery.timeout.ms` was over: the cluster is in trouble. */
function mayPass(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retriable' in error && error.retriable === true
}
