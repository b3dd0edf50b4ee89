import type { Clock, Logger, Net, Prng } from '@dorsale/base'

/** What a client takes from outside: time, chance, the network, and where to say what happened. */
export interface ClientWorld {
  readonly clock: Clock
  readonly prng: Prng
  readonly net: Net
  readonly logger: Logger
}
