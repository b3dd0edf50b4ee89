import { secondsSince } from './heartbeat-metrics.ts'
import type { Metrics, Sensor } from './metrics.ts'

/** How an application asks a consumer for records. */
export class PollMetrics {
  readonly #clock: Metrics['clock']
  readonly #between: Sensor
  readonly #idle: Sensor
  /** On the monotonic clock; undefined: never. */
  #askedMs: number | undefined
  #leftMs: number

  /** `group`: `consumer-metrics`, or `consumer-share-metrics`. */
  constructor(metrics: Metrics, group: string) {
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
    metrics.gauge(group, 'last-poll-seconds-ago', 'Seconds since the application last asked; -1: never.', () =>
      secondsSince(this.#clock, this.#askedMs),
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
}
