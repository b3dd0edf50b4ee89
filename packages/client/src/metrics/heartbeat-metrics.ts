import type { Metrics, Sensor, SensorRows } from './metrics.ts'

const heartbeat: SensorRows = {
  'heartbeat-rate': ['countRate', 'Heartbeats per second.'],
  'heartbeat-total': ['count', 'Heartbeats.'],
  'heartbeat-response-time-max': ['max', 'The longest from a heartbeat to its response, in milliseconds.'],
}

/** The heartbeats of a member of a group. */
export class HeartbeatMetrics {
  readonly #clock: Metrics['clock']
  readonly #heartbeat: Sensor
  /** On the monotonic clock; undefined: never. */
  #sentMs: number | undefined

  constructor(metrics: Metrics, group: string) {
    this.#clock = metrics.clock
    this.#heartbeat = metrics.sensor(group, heartbeat)
    metrics.gauge(group, 'last-heartbeat-seconds-ago', 'Seconds since the last heartbeat; -1: never.', () =>
      secondsSince(this.#clock, this.#sentMs),
    )
  }

  onSent(): void {
    this.#sentMs = this.#clock.monotonic()
  }

  onAnswered(): void {
    const nowMs = this.#clock.monotonic()
    this.#heartbeat.record(nowMs - (this.#sentMs ?? nowMs), nowMs)
  }
}

/** Whole seconds since a moment on the monotonic clock; -1: it never was. */
export function secondsSince(clock: Metrics['clock'], ms: number | undefined): number {
  return ms === undefined ? -1 : Math.floor((clock.monotonic() - ms) / 1000)
}
