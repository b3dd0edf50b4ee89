import { DorsaleError, type Logger } from '@dorsale/base'
import type { GroupOffset } from './committed-offsets.ts'
import type { ConsumerRecord } from './record-chunk.ts'

/**
 * Sees the records before the application does, and what is committed (R-03-017; Kafka's ConsumerInterceptor). What it throws is logged and changes nothing else: the
 * records go on as the interceptor before left them.
 */
export interface ConsumerInterceptor<K = Uint8Array, V = Uint8Array> {
  /** Answers the records to hand out, of one partition: the same, or others. What it leaves out counts as handed out. */
  onConsume?(records: readonly ConsumerRecord<K, V>[]): readonly ConsumerRecord<K, V>[]
  /** These offsets are committed. */
  onCommit?(offsets: readonly GroupOffset[]): void
  /** The consumer has closed. */
  close?(): void
}

/** The interceptors of one consumer, in their order. */
export class ConsumerInterceptors<K, V> {
  readonly #interceptors: readonly ConsumerInterceptor<K, V>[]
  readonly #logger: Logger

  constructor(interceptors: readonly ConsumerInterceptor<K, V>[], logger: Logger) {
    this.#interceptors = interceptors
    this.#logger = logger
  }

  onConsume(records: readonly ConsumerRecord<K, V>[]): readonly ConsumerRecord<K, V>[] {
    let current = records
    for (const interceptor of this.#interceptors) {
      this.#guard('onConsume', () => {
        current = interceptor.onConsume?.(current) ?? current
      })
    }
    return current
  }

  onCommit(offsets: readonly GroupOffset[]): void {
    for (const interceptor of this.#interceptors) this.#guard('onCommit', () => interceptor.onCommit?.(offsets))
  }

  close(): void {
    for (const interceptor of this.#interceptors) this.#guard('close', () => interceptor.close?.())
  }

  #guard(step: string, call: () => void): void {
    try {
      call()
    } catch (cause) {
      const error = new DorsaleError('DORSALE_INTERCEPTOR', `${step} of an interceptor threw: ${String(cause)}`, {
        cause,
      })
      this.#logger.warn('an interceptor of the consumer failed', { error })
    }
  }
}
