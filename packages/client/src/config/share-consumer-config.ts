import { type ConfigOf, type ConfigRows, defineConfig } from '@dorsale/base'
import { consumerRows } from './consumer-config.ts'

const honoured = { honoured: 'packages/client/src/share/share-consumer.test.ts' } as const

/** As Kafka refuses them: the group decides, not its members. */
function refused<const Row extends ConfigRows[string]>(row: Row, why: string) {
  return { ...row, effect: { refused: why } } as const
}

const brokerDecides =
  'the broker divides the partitions of a share group, and says how often it wants to hear of a member'
const groupDecides = 'it is a setting of the group: kafka-configs --entity-type groups, share.'

const shareConsumerRows = {
  ...consumerRows,
  'group.id': {
    ...consumerRows['group.id'],
    doc: 'The share group that this consumer belongs to. It must be set.',
    effect: honoured,
  },
  'max.poll.records': { ...consumerRows['max.poll.records'], effect: honoured },
  'share.acknowledgement.mode': {
    type: 'string',
    default: 'implicit',
    values: ['implicit', 'explicit'],
    importance: 'medium',
    doc: 'Who acknowledges: `implicit`, asking for more accepts what was handed out before; `explicit`, the application says what becomes of each record before it asks for more.',
    effect: honoured,
  },
  'share.acquire.mode': {
    type: 'string',
    default: 'BATCH_OPTIMIZED',
    importance: 'medium',
    doc: 'How records are acquired: `batch_optimized` in whole batches, which may be more than `max.poll.records` and are handed out one after the other; `record_limit` never more.',
    effect: honoured,
    check: {
      range: '[batch_optimized, record_limit]',
      problem: (key: string, value: string) =>
        ['batch_optimized', 'record_limit'].includes(value.toLowerCase())
          ? undefined
          : `Invalid value ${value} for configuration ${key}: String must be one of: batch_optimized, record_limit`,
    },
  },
  'auto.offset.reset': refused(consumerRows['auto.offset.reset'], `${groupDecides}auto.offset.reset`),
  'isolation.level': refused(consumerRows['isolation.level'], `${groupDecides}isolation.level`),
  'enable.auto.commit': refused(
    consumerRows['enable.auto.commit'],
    'records of a share group are acknowledged, not committed: see share.acknowledgement.mode',
  ),
  'group.instance.id': refused(consumerRows['group.instance.id'], 'share groups have no static members'),
  'group.protocol': refused(consumerRows['group.protocol'], brokerDecides),
  'group.remote.assignor': refused(consumerRows['group.remote.assignor'], brokerDecides),
  'partition.assignment.strategy': refused(consumerRows['partition.assignment.strategy'], brokerDecides),
  'session.timeout.ms': refused(consumerRows['session.timeout.ms'], brokerDecides),
  'heartbeat.interval.ms': refused(consumerRows['heartbeat.interval.ms'], brokerDecides),
} as const satisfies ConfigRows

/** The settings of a share consumer, under Kafka's keys. */
export const shareConsumerTable = defineConfig(shareConsumerRows, [
  [
    'group.id',
    'group.id must be set: a share consumer belongs to a group',
    config => (config['group.id'] ?? '').trim() !== '',
  ],
])

/** The settings of a share consumer as they are read, under Kafka's keys: [docs/config](../../../config/client-share-consumer.md) has each. */
export interface ShareConsumerConfig extends ConfigOf<typeof shareConsumerTable> {}
