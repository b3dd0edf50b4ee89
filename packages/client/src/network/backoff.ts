import { type Prng, randomUnit } from '@dorsale/base'

/** A pause that doubles with each failure in a row, up to `maxMs`, and varies by a fifth at random so that clients do not come back together. */
export interface Backoff {
  readonly initialMs: number
  readonly maxMs: number
}

const jitter = 0.2

/** The pause after `failures` failures in a row (1 or more). */
export function backoffMs({ initialMs, maxMs }: Backoff, failures: number, prng: Prng): number {
  // Kafka takes the initial pause as the bound when that is larger.
  const boundMs = Math.max(initialMs, maxMs)
  const grown = initialMs * 2 ** Math.min(failures - 1, 30)
  return Math.min(boundMs, grown * (1 - jitter + 2 * jitter * randomUnit(prng)))
}
