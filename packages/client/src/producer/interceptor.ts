import { DorsaleError, type Logger } from '@dorsale/base'
import type { BatchDelivery } from './delivery.ts'
import type { Payload, ProducerRecord, RecordMetadata } from './record.ts'

/**
 * Sees every record on its way out, and its fate (R-03-017; Kafka's ProducerInterceptor). What it throws is logged and changes nothing else: the record goes on as
 * the interceptor before left it.
 */
export interface ProducerInterceptor<K = Payload, V = Payload> {
  /** Answers the record to send: the same, or another. Called in `send`, so it should be quick. */
  onSend?(record: ProducerRecord<K, V>): ProducerRecord<K, V>
  /** The record was written, or is lost. */
  onAcknowledgement?(outcome: RecordMetadata | undefined, error: Error | undefined, record: ProducerRecord<K, V>): void
  /** The producer has closed. */
  close?(): void
}

/** The interceptors of one producer, in their order. */
export class Interceptors<K, V> {
  readonly #interceptors: readonly ProducerInterceptor<K, V>[]
  readonly #logger: Logger

  constructor(interceptors: readonly ProducerInterceptor<K, V>[], logger: Logger) {
    this.#interceptors = interceptors
    this.#logger = logger
  }

  onSend(record: ProducerRecord<K, V>): ProducerRecord<K, V> {
    let current = record
    for (const interceptor of this.#interceptors) {
      this.#guard('onSend', () => {
        current = interceptor.onSend?.(current) ?? current
      })
    }
    return current
  }

  /** Has them told what becomes of a record. */
  follow(record: ProducerRecord<K, V>, delivery: BatchDelivery): void {
    if (this.#interceptors.every(({ onAcknowledgement }) => onAcknowledgement === undefined)) return
    delivery.observed().then(
      metadata => this.#acknowledge(metadata, undefined, record),
      (error: Error) => this.#acknowledge(undefined, error, record),
    )
  }

  /** A serializer did not take the record. */
  refused(record: ProducerRecord<K, V>, error: Error): void {
    this.#acknowledge(undefined, error, record)
  }

  close(): void {
    for (const interceptor of this.#interceptors) this.#guard('close', () => interceptor.close?.())
  }

  #acknowledge(outcome: RecordMetadata | undefined, error: Error | undefined, record: ProducerRecord<K, V>): void {
    for (const interceptor of this.#interceptors) {
      this.#guard('onAcknowledgement', () => interceptor.onAcknowledgement?.(outcome, error, record))
    }
  }

  #guard(step: string, call: () => void): void {
    try {
      call()
    } catch (cause) {
      const error = new DorsaleError('DORSALE_INTERCEPTOR', `${step} of an interceptor threw: ${String(cause)}`, {
        cause,
      })
      this.#logger.warn('an interceptor of the producer failed', { error })
    }
  }
}
