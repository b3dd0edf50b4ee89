import type { BrokerValues, GroupValues } from './tables/index.ts'

/**
 * What holds between a group's own settings and the bounds that its broker sets, in Kafka's words and order; undefined when all does. `given`: the
 * keys that the group sets; only those can be wrong.
 */
export function groupProblem(group: GroupValues, given: ReadonlySet<string>, broker: BrokerValues): string | undefined {
  const tags = group['streams.rack.aware.assignment.tags']
  if (new Set(tags).size < tags.length) {
    return 'streams.rack.aware.assignment.tags must not contain duplicate tag keys.'
  }
  for (const [key, least, greatest] of bounds) {
    if (!given.has(key)) continue
    const value = group[key] as number
    const min = least === undefined ? undefined : (broker[least] as number)
    const max = greatest === undefined ? undefined : (broker[greatest] as number)
    const isInside = (min === undefined || value >= min) && (max === undefined || value <= max)
    if (isInside) continue
    if (min !== undefined && max !== undefined) return `${key} must be in the range ${min} to ${max} inclusive.`
    return min === undefined
      ? `${key} must be less than or equal to ${greatest}`
      : `${key} must be greater than or equal to ${least}`
  }
  for (const kind of ['consumer', 'share', 'streams'] as const) {
    const [session, heartbeat] = [`${kind}.session.timeout.ms`, `${kind}.heartbeat.interval.ms`] as const
    const effective = (key: typeof session | typeof heartbeat): number =>
      given.has(key) ? group[key] : (broker[`group.${key}`] as number)
    if ((given.has(session) || given.has(heartbeat)) && effective(session) <= effective(heartbeat)) {
      return `${session} must be greater than ${heartbeat}`
    }
  }
  return group['errors.deadletterqueue.topic.name'].startsWith('__')
    ? "errors.deadletterqueue.topic.name: DLQ topic name must not start with '__'"
    : undefined
}

/** A value as it holds: bounds that were moved since it was set move it along. */
export function clampToBounds<Value>(key: keyof GroupValues, value: Value, broker: BrokerValues): Value {
  const bound = bounds.find(([name]) => name === key)
  if (bound === undefined || typeof value !== 'number') return value
  const [, least, greatest] = bound
  const atLeast = least === undefined ? value : Math.max(value, broker[least] as number)
  const clamped = greatest === undefined ? atLeast : Math.min(atLeast, broker[greatest] as number)
  return clamped as Value
}

type Bound = readonly [
  key: keyof GroupValues,
  least: keyof BrokerValues | undefined,
  greatest: keyof BrokerValues | undefined,
]

function between(kind: string, name: string): Bound {
  return [
    `${kind}.${name}` as keyof GroupValues,
    `group.${kind}.min.${name}` as keyof BrokerValues,
    `group.${kind}.max.${name}` as keyof BrokerValues,
  ]
}

const bounds: readonly Bound[] = [
  between('consumer', 'session.timeout.ms'),
  between('consumer', 'heartbeat.interval.ms'),
  between('consumer', 'assignment.interval.ms'),
  between('share', 'session.timeout.ms'),
  between('share', 'heartbeat.interval.ms'),
  between('share', 'record.lock.duration.ms'),
  between('share', 'delivery.count.limit'),
  between('share', 'partition.max.record.locks'),
  between('share', 'assignment.interval.ms'),
  between('streams', 'session.timeout.ms'),
  between('streams', 'heartbeat.interval.ms'),
  ['streams.num.standby.replicas', undefined, 'group.streams.max.standby.replicas'],
  between('streams', 'assignment.interval.ms'),
  ['streams.task.offset.interval.ms', 'group.streams.min.task.offset.interval.ms', undefined],
  ['streams.num.warmup.replicas', undefined, 'group.streams.max.warmup.replicas'],
]
