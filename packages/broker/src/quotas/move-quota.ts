import { type Clock, WindowedSamples } from '@dorsale/base'
import type { MoveThrottle } from '@dorsale/storage'
import type { BrokerValues } from '../config/index.ts'

const rateKey = 'replica.alter.log.dirs.io.max.bytes.per.second'

/**
 * How fast replicas may move between the directories of this broker: `replica.alter.log.dirs.io.max.bytes.per.second`, of the broker or of all, over Kafka's windows. While the rate
 * is above it nothing is copied, so the first bytes after a pause may come as quickly as all windows together allow.
 */
export class MoveQuota implements MoveThrottle {
  readonly #clock: Clock
  readonly #texts: () => ReadonlyMap<string, string>[]
  readonly #samples: WindowedSamples

  /** `texts`: what was set while the cluster runs, the nearest first. */
  constructor(options: { clock: Clock; values: BrokerValues; texts: () => ReadonlyMap<string, string>[] }) {
    const { clock, values, texts } = options
    this.#clock = clock
    this.#texts = texts
    const count = values['alter.log.dirs.replication.quota.window.num']
    const windowMs = values['alter.log.dirs.replication.quota.window.size.seconds'] * 1000
    this.#samples = new WindowedSamples({ count, windowMs }, clock.monotonic())
  }

  get isExceeded(): boolean {
    for (const texts of this.#texts()) {
      const text = texts.get(rateKey)
      if (text !== undefined) return this.#samples.rate(this.#clock.monotonic()) > Number(text)
    }
    return false
  }

  spent(bytes: number): void {
    this.#samples.record(bytes, this.#clock.monotonic())
  }
}
