import { type Clock, type Prng, randomUnit, sleep } from '@dorsale/base'
import { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } from './errors.ts'
import { asKafkaJSError } from './failures.ts'
import type { RetryOptions } from './types.ts'

/** How often and how patiently something is tried again. Times in milliseconds. */
export interface Patience {
  /** The longest pause between two tries. */
  readonly maxRetryTime: number
  /** The first pause. */
  readonly initialRetryTime: number
  /** By which part a pause may be longer or shorter, at random. */
  readonly factor: number
  /** By what a pause is longer than the one before. */
  readonly multiplier: number
  readonly retries: number
}

const patienceDefault: Patience = {
  maxRetryTime: 30_000,
  initialRetryTime: 300,
  factor: 0.2,
  multiplier: 2,
  retries: 5,
}

export function patienceOf(...options: readonly (RetryOptions | undefined)[]): Patience {
  const given = Object.assign({}, ...options) as RetryOptions
  const defined = Object.entries(given).filter(([, value]) => value !== undefined && value !== null)
  return { ...patienceDefault, ...Object.fromEntries(defined) }
}

/** All pauses together, at their longest; at most what a timer can wait. */
export function pausesMs({ initialRetryTime, factor, multiplier, maxRetryTime, retries }: Patience): number {
  let total = 0
  let pause = initialRetryTime * (1 + factor)
  for (let count = 0; count < retries && total < timerMax; count++) {
    total += pause
    pause = Math.min(pause * (1 + factor) * multiplier, maxRetryTime)
    if (pause >= maxRetryTime) return Math.min(timerMax, Math.ceil(total + (retries - count - 1) * maxRetryTime))
  }
  return Math.min(timerMax, Math.ceil(total))
}

const timerMax = 0x7fffffff

/** Mistakes of a program, which no other try mends. */
const hopeless = new Set(['RangeError', 'ReferenceError', 'SyntaxError', 'TypeError'])

export function mayPass(error: Error): boolean {
  return (error as { retriable?: boolean }).retriable !== false && !hopeless.has(error.name)
}

export interface RetryWorld {
  readonly clock: Clock
  readonly prng: Prng
}

/** Pauses of one operation, one after the other. */
export class Pauses {
  readonly #prng: Prng
  readonly #patience: Patience
  #nextMs: number

  constructor(prng: Prng, patience: Patience) {
    this.#prng = prng
    this.#patience = patience
    this.#nextMs = this.#about(patience.initialRetryTime)
  }

  next(): number {
    const pauseMs = this.#nextMs
    const { multiplier, maxRetryTime } = this.#patience
    this.#nextMs = Math.min(this.#about(pauseMs) * multiplier, maxRetryTime)
    return pauseMs
  }

  #about(timeMs: number): number {
    const delta = this.#patience.factor * timeMs
    return Math.ceil(timeMs - delta + 2 * delta * randomUnit(this.#prng))
  }
}

/**
 * Tries until it succeeds, as kafkajs does: what may pass is tried again after a pause that grows, and after the last try it is a `KafkaJSNumberOfRetriesExceeded`; what may
 * not is a `KafkaJSNonRetriableError`, or, with `bails`, what it was.
 */
export async function retrying<Value>(
  { clock, prng }: RetryWorld,
  patience: Patience,
  attempt: (retryCount: number) => Promise<Value>,
  { bails = () => false }: { bails?(error: Error): boolean } = {},
): Promise<Value> {
  const pauses = new Pauses(prng, patience)
  for (let retryCount = 0; ; retryCount++) {
    try {
      return await attempt(retryCount)
    } catch (reason) {
      const error = asKafkaJSError(reason)
      if (bails(error)) throw error
      const retryTime = pauses.next()
      if (!mayPass(error)) throw new KafkaJSNonRetriableError(error, { cause: (error.cause as Error) ?? error })
      if (retryCount >= patience.retries) throw new KafkaJSNumberOfRetriesExceeded(error, { retryCount, retryTime })
      await sleep(clock, retryTime)
    }
  }
}
