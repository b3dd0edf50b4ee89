import { type ConfigOf, type ConfigRows, defineConfig } from '@dorsale/base'
import { roundRobinClass } from '../producer/partitioner.ts'
import { bootstrapRow, connectionRows, interceptorsRow } from './connection-rows.ts'

import { serializerRows } from './serde-settings.ts'
import type { SettingValue } from './settings.ts'

const test = (name: string) => ({ honoured: `packages/client/src/producer/${name}.test.ts` })

const testOfTransactions = { honoured: 'packages/client/src/transactions/transactions.test.ts' } as const

const producerRows = {
  'bootstrap.servers': bootstrapRow,
  ...connectionRows,
  ...serializerRows,
  'receive.buffer.bytes': { ...connectionRows['receive.buffer.bytes'], default: 32_768 },
  'interceptor.classes': interceptorsRow,
  acks: {
    type: 'string',
    default: 'all',
    values: ['all', '-1', '0', '1'],
    importance: 'low',
    doc: 'Who must have a batch before it counts as sent: `all` in-sync replicas, the leader (`1`), or nobody (`0`, the broker does not answer).',
    effect: test('producer'),
  },
  'batch.size': {
    type: 'int',
    unit: 'bytes',
    default: 16_384,
    min: 0,
    importance: 'medium',
    doc: 'How large a batch of one partition grows before it is sent; a larger record has a batch of its own. With compression, the size that is left, estimated by the batches before.',
    effect: test('producer'),
  },
  'linger.ms': {
    type: 'long',
    unit: 'ms',
    default: 5n,
    min: 0n,
    importance: 'medium',
    doc: 'How long a batch that is not full waits for more records. A batch whose delivery is awaited does not wait while nothing else is under way to its broker.',
    effect: test('producer'),
  },
  'buffer.memory': {
    type: 'long',
    unit: 'bytes',
    default: 33_554_432n,
    min: 0n,
    importance: 'high',
    doc: 'Bytes that records may take up until they are delivered. Beyond, records wait for `max.block.ms`; as many bytes may wait again, then a send is refused at once.',
    effect: test('producer'),
  },
  'max.block.ms': {
    type: 'long',
    unit: 'ms',
    default: 60_000n,
    min: 0n,
    importance: 'medium',
    doc: 'How long a record waits for room in the buffer or for the metadata of its topic.',
    effect: test('producer'),
  },
  'max.request.size': {
    type: 'int',
    unit: 'bytes',
    default: 1_048_576,
    min: 0,
    importance: 'medium',
    doc: 'The largest record that is taken, and the most that one request carries.',
    effect: test('producer'),
  },
  'max.in.flight.requests.per.connection': {
    type: 'int',
    default: 5,
    min: 1,
    importance: 'low',
    doc: 'Requests that may be unanswered on one connection. With idempotence order is kept up to 5; without it only 1 keeps the order when a batch is sent again.',
    effect: test('idempotence'),
  },
  'delivery.timeout.ms': {
    type: 'int',
    unit: 'ms',
    default: 120_000,
    min: 0,
    importance: 'medium',
    doc: 'How long a delivery may take from the send, with all that is tried again, before it fails.',
    effect: test('retries'),
  },
  retries: {
    type: 'int',
    default: 2_147_483_647,
    min: 0,
    max: 2_147_483_647,
    importance: 'high',
    doc: 'How often a batch is sent again after an error that may pass. `delivery.timeout.ms` is the better bound.',
    effect: test('retries'),
  },
  'enable.idempotence': {
    type: 'boolean',
    default: true,
    importance: 'low',
    doc: 'Batches are numbered, so that a batch that is sent again is written once, and in order. Where it is not set, `acks` of 0 or 1, no `retries` and more than 5 requests in flight turn it off.',
    effect: test('idempotence'),
  },
  'transactional.id': {
    type: 'string',
    default: null,
    nonEmpty: true,
    importance: 'low',
    doc: 'Name under which transactions survive the death of the producer: a new producer of the same name ends what the old one left open, and fences it.',
    effect: testOfTransactions,
  },
  'transaction.timeout.ms': {
    type: 'int',
    unit: 'ms',
    default: 60_000,
    importance: 'low',
    doc: 'How long a transaction may stay open before its coordinator aborts it. Not more than the `transaction.max.timeout.ms` of the broker.',
    effect: testOfTransactions,
  },
  'compression.type': {
    type: 'string',
    default: 'none',
    values: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
    importance: 'high',
    doc: 'How batches are compressed.',
    effect: test('producer'),
  },
  'compression.gzip.level': {
    type: 'int',
    default: -1,
    importance: 'medium',
    doc: 'Level of gzip: 1 is the fastest, 9 the smallest, -1 the default of zlib.',
    effect: test('producer'),
    check: {
      range: '[1,...,9] or -1',
      problem: (key, value) =>
        value === -1 || (value >= 1 && value <= 9)
          ? undefined
          : `Invalid value ${value} for configuration ${key}: must be from 1 to 9, or -1`,
    },
  },
  'compression.lz4.level': {
    type: 'int',
    default: 9,
    min: 1,
    max: 17,
    importance: 'medium',
    doc: 'Level of LZ4.',
    effect: { none: 'LZ4 has one level here.' },
  },
  'compression.zstd.level': {
    type: 'int',
    default: 3,
    min: -131_072,
    max: 22,
    importance: 'medium',
    doc: 'Level of zstd: higher is smaller and slower.',
    effect: test('producer'),
  },
  'partitioner.adaptive.partitioning.enable': {
    type: 'boolean',
    default: true,
    importance: 'low',
    doc: 'Records without a key go less often to partitions whose broker is behind.',
    effect: test('sticky-partitioner'),
  },
  'partitioner.availability.timeout.ms': {
    type: 'long',
    unit: 'ms',
    default: 0n,
    min: 0n,
    importance: 'low',
    doc: 'A broker that has left a ready batch waiting for this long gets no more records without a key until it takes it. With 0 it does.',
    effect: test('partitioner'),
  },
  'partitioner.class': {
    type: 'class',
    default: null,
    importance: 'medium',
    doc: 'The RoundRobinPartitioner of Kafka by its name, or none. A partitioner of your own is a function, `partitioner` beside the settings.',
    effect: test('partitioner'),
    check: {
      range: '',
      problem: (key, value) =>
        value === null || value === roundRobinClass
          ? undefined
          : `Invalid value ${value} for configuration ${key}: only ${roundRobinClass} has a name here; give a function as \`partitioner\` instead`,
    },
  },
  'partitioner.rack.aware': {
    type: 'boolean',
    default: false,
    importance: 'low',
    doc: 'Records without a key go to partitions that are led in the rack of `client.rack`, as long as there are some.',
    effect: test('partitioner'),
  },
  'client.rack': {
    type: 'string',
    default: '',
    importance: 'low',
    doc: 'The rack of this client, as `broker.rack` names it at the brokers.',
    effect: test('partitioner'),
  },
  'partitioner.ignore.keys': {
    type: 'boolean',
    default: false,
    importance: 'medium',
    doc: 'Records with a key are spread like those without.',
    effect: test('producer'),
  },
} as const satisfies ConfigRows

/** The settings of a producer, under Kafka's keys. */
export const producerTable = defineConfig(producerRows, [
  [
    'delivery.timeout.ms',
    'delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms',
    config =>
      BigInt(config['delivery.timeout.ms']) >= config['linger.ms'] + BigInt(config['request.timeout.ms']) ||
      // As Kafka: a pair of defaults is made to fit, one that was chosen is not.
      config['delivery.timeout.ms'] === producerRows['delivery.timeout.ms'].default,
  ],
  [
    'acks',
    'enable.idempotence needs acks=all: set that, or enable.idempotence=false',
    config => !config['enable.idempotence'] || config.acks === 'all' || config.acks === '-1',
  ],
  [
    'transactional.id',
    'a transactional.id needs enable.idempotence=true',
    config => config['transactional.id'] === null || config['enable.idempotence'],
  ],
  [
    'retries',
    'enable.idempotence needs retries of at least 1: set that, or enable.idempotence=false',
    config => !config['enable.idempotence'] || config.retries > 0,
  ],
  [
    'max.in.flight.requests.per.connection',
    'enable.idempotence needs max.in.flight.requests.per.connection of at most 5: set that, or enable.idempotence=false',
    config => !config['enable.idempotence'] || config['max.in.flight.requests.per.connection'] <= 5,
  ],
])

/** The settings of a producer as they are read, under Kafka's keys: [docs/config](../../../config/client-producer.md) has each. */
export interface ProducerConfig extends ConfigOf<typeof producerTable> {}

type Texts = Readonly<Record<string, SettingValue | undefined>>

/**
 * As Kafka: idempotence that nobody asked for gives way to a setting that excludes it (R-03-089), but for transactions, which cannot do without. Answers the settings to go by; `onGivenWay` hears of
 * the setting that it gave way to.
 */
export function withFittingIdempotence<Settings extends Texts>(
  settings: Settings,
  onGivenWay: (key: string) => void,
): Settings | (Settings & { readonly 'enable.idempotence': false }) {
  const isSet = (key: string) => settings[key] !== undefined && settings[key] !== null
  if (isSet('enable.idempotence') || isSet('transactional.id')) return settings
  const excluding = Object.entries(excludesIdempotence).find(
    ([key, excludes]) => isSet(key) && excludes(String(settings[key]).trim()),
  )
  if (excluding === undefined) return settings
  onGivenWay(excluding[0])
  return { ...settings, 'enable.idempotence': false }
}

const excludesIdempotence: Readonly<Record<string, (text: string) => boolean>> = {
  acks: text => text === '0' || text === '1',
  retries: text => Number(text) === 0,
  'max.in.flight.requests.per.connection': text => Number(text) > 5,
}
