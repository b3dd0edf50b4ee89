import type { Relation } from '@dorsale/base'
import type { BrokerValues } from './broker-rows.ts'

/** What holds between the keys of a broker, beyond the range of each. */

type Rule = Relation<BrokerValues>

const mebibyte = 1_048_576n

/** Every relation; the sentences are Kafka's where Kafka has one. */
export const brokerRelations: readonly Rule[] = [
  [
    'node.id',
    '`node.id` and `broker.id` must be set to the same value. `broker.id` is deprecated, please use `node.id` instead.',
    v => v['broker.id'] === -1 || v['broker.id'] === v['node.id'],
  ],
  [
    'log.roll.ms',
    'log.roll.ms must be greater than or equal to 1',
    v => v['log.roll.ms'] === null || v['log.roll.ms'] >= 1n,
  ],
  [
    'log.roll.jitter.ms',
    'log.roll.jitter.ms must be greater than or equal to 0',
    v => v['log.roll.jitter.ms'] === null || v['log.roll.jitter.ms'] >= 0n,
  ],
  [
    'log.retention.ms',
    'log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
    v => Number(v['log.retention.ms'] ?? v['log.retention.minutes'] ?? v['log.retention.hours']) !== 0,
  ],
  [
    'log.cleaner.dedupe.buffer.size',
    'log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.',
    v => v['log.cleaner.dedupe.buffer.size'] >= mebibyte * BigInt(Math.max(v['log.cleaner.threads'], 1)),
  ],
  [
    'replica.fetch.wait.max.ms',
    'replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent unnecessary socket timeouts',
    v => v['replica.fetch.wait.max.ms'] <= v['replica.socket.timeout.ms'],
  ],
  [
    'replica.fetch.wait.max.ms',
    'replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms to prevent frequent changes in ISR',
    v => BigInt(v['replica.fetch.wait.max.ms']) <= v['replica.lag.time.max.ms'],
  ],
  [
    'queued.max.request.bytes',
    'queued.max.request.bytes must be larger or equal to socket.request.max.bytes',
    v => v['queued.max.request.bytes'] <= 0n || v['queued.max.request.bytes'] >= BigInt(v['socket.request.max.bytes']),
  ],
  [
    'max.connections.per.ip',
    'max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.',
    v => v['max.connections.per.ip'] > 0 || v['max.connections.per.ip.overrides'] !== '',
  ],
  [
    'connection.failed.authentication.delay.ms',
    v =>
      `connection.failed.authentication.delay.ms=${v['connection.failed.authentication.delay.ms']} should always be less than connections.max.idle.ms=${v['connections.max.idle.ms']} to prevent failed authentication responses from timing out`,
    v =>
      v['connections.max.idle.ms'] < 0n ||
      BigInt(v['connection.failed.authentication.delay.ms']) < v['connections.max.idle.ms'],
  ],
  codec('offsets.topic.compression.codec'),
  codec('share.coordinator.state.topic.compression.codec'),
  [
    'group.coordinator.rebalance.protocols',
    "Disabling the 'classic' protocol is not supported.",
    v => v['group.coordinator.rebalance.protocols'].includes('classic'),
  ],
  [
    'controller.quorum.bootstrap.servers',
    'If using process.roles, either controller.quorum.bootstrap.servers must contain the set of bootstrap controllers or controller.quorum.voters must contain a parseable set of controllers.',
    v => v['controller.quorum.bootstrap.servers'].length > 0 || v['controller.quorum.voters'].length > 0,
  ],
  [
    'early.start.listeners',
    v =>
      `early.start.listeners contains listener ${strayEarlyListener(v)}, but this is not contained in listeners or controller.listener.names`,
    v => strayEarlyListener(v) === undefined,
  ],
  ...['group.consumer', 'group.share', 'group.streams'].flatMap(groups =>
    ['session.timeout.ms', 'heartbeat.interval.ms', 'assignment.interval.ms'].flatMap(name => [
      atLeast(`${groups}.max.${name}` as NumberKey, `${groups}.min.${name}` as NumberKey),
      atLeast(`${groups}.${name}` as NumberKey, `${groups}.min.${name}` as NumberKey),
      atMost(`${groups}.${name}` as NumberKey, `${groups}.max.${name}` as NumberKey),
    ]),
  ),
  // The ranges of these alone keep the greatest above the least; Kafka words them from the greatest.
  ...['record.lock.duration.ms', 'delivery.count.limit', 'partition.max.record.locks'].flatMap(name => [
    atLeast(`group.share.${name}` as NumberKey, `group.share.min.${name}` as NumberKey),
    atLeast(`group.share.max.${name}` as NumberKey, `group.share.${name}` as NumberKey),
  ]),
  atMost('group.streams.num.standby.replicas', 'group.streams.max.standby.replicas'),
  atMost('group.streams.num.warmup.replicas', 'group.streams.max.warmup.replicas'),
]

function strayEarlyListener(values: BrokerValues): string | undefined {
  const names = [...values.listeners.map(listener => listener.split('://')[0]), ...values['controller.listener.names']]
  return values['early.start.listeners']?.find(name => !names.includes(name))
}

/** Kafka's numbers of its codecs. */
function codec(key: NumberKey): Rule {
  return [key, values => `Unknown compression type id: ${values[key]}`, values => values[key] >= 0 && values[key] <= 4]
}

type NumberKey = { [Key in keyof BrokerValues]: BrokerValues[Key] extends number ? Key : never }[keyof BrokerValues]

function atLeast(key: NumberKey, floor: NumberKey): Rule {
  return [key, `${key} must be greater than or equal to ${floor}`, values => values[key] >= values[floor]]
}

function atMost(key: NumberKey, ceiling: NumberKey): Rule {
  return [key, `${key} must be less than or equal to ${ceiling}`, values => values[key] <= values[ceiling]]
}
