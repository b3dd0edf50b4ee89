import type { Metrics, Sensor } from './metrics.ts'

const group = 'consumer-metrics'

/** How an application asks a consumer for records. */
export class PollMetrics {
  readonly #clock: Metrics['clock']
  readonly #between: Sensor
  readonly #idle: Sensor
  readonly #commitSync: Sensor
  readonly #committed: Sensor
  /** On the monotonic clock; undefined: never. */
  #askedMs: number | undefined
  #leftMs: number

  constructor(metrics: Metrics) {
    this.#clock = metrics.clock
    this.#leftMs = metrics.clock.monotonic()
    this.#between = metrics.sensor(group, {
      'time-between-poll-avg': ['average', 'Milliseconds from one time that the application asks to the next.'],
      'time-between-poll-max': [
        'max',
        'The longest from one time that the application asks to the next, in milliseconds.',
      ],
    })
    this.#idle = metrics.sensor(group, {
      'poll-idle-ratio-avg': ['average', 'The part of the time in which the application waits for records.'],
    })
    this.#commitSync = metrics.sensor(group, {
      'commit-sync-time-ns-total': ['total', 'Nanoseconds that commits took which the application waited for.'],
    })
    this.#committed = metrics.sensor(group, {
      'committed-time-ns-total': ['total', 'Nanoseconds that it took to ask for committed offsets.'],
    })
    metrics.gauge(group, 'last-poll-seconds-ago', 'Seconds since the application last asked; -1: never.', () =>
      this.#askedMs === undefined ? -1 : Math.floor((this.#clock.monotonic() - this.#askedMs) / 1000),
    )
  }

  /** The application asks for records. */
  asked(): void {
    const nowMs = this.#clock.monotonic()
    if (this.#askedMs !== undefined) this.#between.record(nowMs - this.#askedMs, nowMs)
    this.#askedMs = nowMs
  }

  /** It is answered. */
  left(): void {
    const nowMs = this.#clock.monotonic()
    const waitedMs = nowMs - (this.#askedMs ?? nowMs)
    const wholeMs = nowMs - this.#leftMs
    if (wholeMs > 0) this.#idle.record(Math.min(1, waitedMs / wholeMs), nowMs)
    this.#leftMs = nowMs
  }

  onCommit(tookMs: number): void {
    this.#commitSync.record(Math.round(tookMs * 1e6))
  }

  onCommitted(tookMs: number): void {
    this.#committed.record(Math.round(tookMs * 1e6))
  }
}
