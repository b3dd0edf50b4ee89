import { HeartbeatMetrics, secondsSince } from './heartbeat-metrics.ts'
import type { Metrics, Sensor, SensorRows } from './metrics.ts'

const group = 'consumer-coordinator-metrics'

const join: SensorRows = {
  'join-time-avg': ['average', 'Milliseconds that it takes to join the group.'],
  'join-time-max': ['max', 'The longest that it took to join the group, in milliseconds.'],
  'join-rate': ['countRate', 'Joins per second.'],
  'join-total': ['count', 'Joins.'],
}
const sync: SensorRows = {
  'sync-time-avg': ['average', 'Milliseconds that it takes to hear what the group has decided.'],
  'sync-time-max': ['max', 'The longest that it took to hear what the group has decided, in milliseconds.'],
  'sync-rate': ['countRate', 'Times per second that it was asked what the group has decided.'],
  'sync-total': ['count', 'Times that it was asked what the group has decided.'],
}
const rebalance: SensorRows = {
  'rebalance-latency-avg': [
    'average',
    'Milliseconds from the beginning of a rebalance until this member has its partitions.',
  ],
  'rebalance-latency-max': ['max', 'The longest rebalance, in milliseconds.'],
  'rebalance-latency-total': ['total', 'Milliseconds of all rebalances.'],
  'rebalance-rate-per-hour': ['hourlyRate', 'Rebalances per hour.'],
  'rebalance-total': ['count', 'Rebalances.'],
}
const failedRebalance: SensorRows = {
  'failed-rebalance-rate-per-hour': ['hourlyRate', 'Rebalances per hour that this member had to begin anew.'],
  'failed-rebalance-total': ['count', 'Rebalances that this member had to begin anew.'],
}
const commit: SensorRows = {
  'commit-latency-avg': ['average', 'Milliseconds from a commit to its response.'],
  'commit-latency-max': ['max', 'The longest from a commit to its response, in milliseconds.'],
  'commit-rate': ['countRate', 'Commits per second.'],
  'commit-total': ['count', 'Commits.'],
}

/** The listener of the application that is told of partitions. */
export type Told = 'assigned' | 'revoked' | 'lost'

/** How a consumer belongs to its group. */
export class GroupMetrics {
  readonly heartbeat: HeartbeatMetrics
  readonly #clock: Metrics['clock']
  readonly #join: Sensor | undefined
  readonly #sync: Sensor | undefined
  readonly #rebalance: Sensor
  readonly #failedRebalance: Sensor
  readonly #commit: Sensor
  readonly #told: Readonly<Record<Told, Sensor>>
  /** On the monotonic clock; undefined: never, or none is under way. */
  #rebalancedMs: number | undefined
  #beganMs: number | undefined

  /** `joins`: members join and sync, as those of classic groups do. */
  constructor(metrics: Metrics, options: { joins: boolean; assignedCount: () => number }) {
    this.#clock = metrics.clock
    this.heartbeat = new HeartbeatMetrics(metrics, group)
    if (options.joins) {
      this.#join = metrics.sensor(group, join)
      this.#sync = metrics.sensor(group, sync)
    }
    this.#rebalance = metrics.sensor(group, rebalance)
    this.#failedRebalance = metrics.sensor(group, failedRebalance)
    this.#commit = metrics.sensor(group, commit)
    const told = (what: Told): Sensor =>
      metrics.sensor(group, {
        [`partition-${what}-latency-avg`]: ['average', `Milliseconds that the listener for partitions ${what} takes.`],
        [`partition-${what}-latency-max`]: ['max', `The longest that the listener for partitions ${what} took.`],
      })
    this.#told = { assigned: told('assigned'), revoked: told('revoked'), lost: told('lost') }
    metrics.gauge(group, 'assigned-partitions', 'Partitions that the consumer has.', options.assignedCount)
    metrics.gauge(group, 'last-rebalance-seconds-ago', 'Seconds since the last rebalance; -1: never.', () =>
      secondsSince(this.#clock, this.#rebalancedMs),
    )
  }

  onJoined(tookMs: number): void {
    this.#join?.record(tookMs)
  }

  onSynced(tookMs: number): void {
    this.#sync?.record(tookMs)
  }

  onCommitted(tookMs: number): void {
    this.#commit.record(tookMs)
  }

  /** A rebalance begins for this member, unless one is under way. */
  rebalanceBegan(): void {
    this.#beganMs ??= this.#clock.monotonic()
  }

  /** This member has what it is to have. */
  rebalanced(): void {
    if (this.#beganMs === undefined) return
    const nowMs = this.#clock.monotonic()
    this.#rebalance.record(nowMs - this.#beganMs, nowMs)
    this.#rebalancedMs = nowMs
    this.#beganMs = undefined
  }

  /** An attempt came to nothing; another follows, or none. */
  rebalanceFailed(): void {
    if (this.#beganMs !== undefined) this.#failedRebalance.record(1)
  }

  onTold(what: Told, tookMs: number): void {
    this.#told[what].record(tookMs)
  }
}
