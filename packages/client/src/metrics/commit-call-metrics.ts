import type { Metrics, Sensor } from './metrics.ts'

const group = 'consumer-metrics'

/** How long an application waits for its commits, and for what it asks about them. */
export class CommitCallMetrics {
  readonly #commitSync: Sensor
  readonly #committed: Sensor

  constructor(metrics: Metrics) {
    this.#commitSync = metrics.sensor(group, {
      'commit-sync-time-ns-total': ['total', 'Nanoseconds that commits took which the application waited for.'],
    })
    this.#committed = metrics.sensor(group, {
      'committed-time-ns-total': ['total', 'Nanoseconds that it took to ask for committed offsets.'],
    })
  }

  onCommit(tookMs: number): void {
    this.#commitSync.record(Math.round(tookMs * 1e6))
  }

  onCommitted(tookMs: number): void {
    this.#committed.record(Math.round(tookMs * 1e6))
  }
}
