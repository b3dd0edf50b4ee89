import { type ConfigOf, type ConfigRows, defineConfig } from '@dorsale/base'
import { bootstrapRow, connectionRows } from './connection-rows.ts'
import { durationMs } from './offset-reset.ts'

const test = (name: string) => ({ honoured: `packages/client/src/consumer/${name}.test.ts` })

const consumerRows = {
  'bootstrap.servers': bootstrapRow,
  ...connectionRows,
  'client.id': { ...connectionRows['client.id'], importance: 'low' },
  'allow.auto.create.topics': {
    type: 'boolean',
    default: true,
    importance: 'medium',
    doc: 'Whether asking for a topic that does not exist may create it, where the broker does that.',
    effect: test('consumer'),
  },
  'auto.offset.reset': {
    type: 'string',
    default: 'latest',
    importance: 'medium',
    doc: 'Where to begin in a partition without a position, or with one that is no longer there: `earliest`, `latest`, `by_duration:` an ISO 8601 duration ago, or `none`, an error.',
    effect: test('consumer'),
    check: {
      range: '[latest, earliest, none, by_duration:PnDTnHnMn.nS]',
      problem: (key, value) =>
        ['latest', 'earliest', 'none'].includes(value) || durationMs(value) !== undefined
          ? undefined
          : `Invalid value ${value} for configuration ${key}: must be latest, earliest, none, or by_duration:PnDTnHnMn.nS`,
    },
  },
  'check.crcs': {
    type: 'boolean',
    default: true,
    importance: 'low',
    doc: 'Whether the checksum of every batch is verified before its records are handed out.',
    effect: test('consumer'),
  },
  'client.rack': {
    type: 'string',
    default: '',
    importance: 'low',
    doc: 'The rack of this client; brokers may then name a replica nearby to read from.',
    effect: test('consumer'),
  },
  'default.api.timeout.ms': {
    type: 'int',
    unit: 'ms',
    default: 60_000,
    min: 0,
    importance: 'medium',
    doc: 'How long a call may take, with all that is tried again.',
    effect: test('consumer'),
  },
  'fetch.max.bytes': {
    type: 'int',
    unit: 'bytes',
    default: 52_428_800,
    min: 0,
    importance: 'medium',
    doc: 'The most that one answer of a broker carries. What was fetched and not yet handed out stays below this and one answer for each broker.',
    effect: test('consumer'),
  },
  'fetch.max.wait.ms': {
    type: 'int',
    unit: 'ms',
    default: 500,
    min: 0,
    importance: 'low',
    doc: 'How long a broker waits for `fetch.min.bytes` before it answers.',
    effect: test('consumer'),
  },
  'fetch.min.bytes': {
    type: 'int',
    unit: 'bytes',
    default: 1,
    min: 0,
    importance: 'high',
    doc: 'Bytes that a broker gathers before it answers.',
    effect: test('consumer'),
  },
  'isolation.level': {
    type: 'string',
    default: 'read_uncommitted',
    values: ['read_committed', 'read_uncommitted'],
    importance: 'medium',
    doc: 'Whether records of open and aborted transactions are handed out.',
    effect: test('consumer'),
  },
  'max.partition.fetch.bytes': {
    type: 'int',
    unit: 'bytes',
    default: 1_048_576,
    min: 0,
    importance: 'high',
    doc: 'The most that one answer carries of each partition; a larger batch comes alone.',
    effect: test('consumer'),
  },
} as const satisfies ConfigRows

/** The settings of a consumer, under Kafka's keys. */
export const consumerTable = defineConfig(consumerRows)

export interface ConsumerConfig extends ConfigOf<typeof consumerTable> {}
