import { type ConfigOf, type ConfigOfRows, type ConfigRows, defineConfig, type Relation } from '@dorsale/base'
import { bootstrapRow, connectionRows, interceptorsRow } from './connection-rows.ts'
import { durationMs } from './offset-reset.ts'
import { deserializerRows } from './serde-settings.ts'

const test = (name: string) => ({ honoured: `packages/client/src/consumer/${name}.test.ts` })

const kafkaAssignor = 'class org.apache.kafka.clients.consumer'

/** How a consumer belongs to a group. */
const groupRows = {
  'group.id': {
    type: 'string',
    default: null,
    importance: 'high',
    doc: 'The group that this consumer belongs to, and commits for. Without it partitions are assigned by hand, and nothing is committed.',
    effect: test('group-consumer'),
  },
  'group.instance.id': {
    type: 'string',
    default: null,
    importance: 'medium',
    doc: 'Makes this a static member of the group (KIP-345): it keeps its partitions through a restart that is shorter than the session.',
    effect: test('group-consumer'),
    check: {
      range: 'non-empty string',
      problem: (key, value) => (value === '' ? `Invalid value for configuration ${key}: must not be empty` : undefined),
    },
  },
  'group.protocol': {
    type: 'string',
    default: 'classic',
    values: ['CONSUMER', 'CLASSIC'],
    ignoreCase: true,
    importance: 'high',
    doc: 'Who divides the partitions: `classic` a member of the group, `consumer` the broker (KIP-848).',
    effect: test('consumer-group'),
  },
  'group.remote.assignor': {
    type: 'string',
    default: null,
    importance: 'medium',
    doc: 'The assignor of the broker, with `group.protocol=consumer`; the broker chooses when there is none.',
    effect: test('consumer-group'),
  },
  'session.timeout.ms': {
    type: 'int',
    unit: 'ms',
    default: 45_000,
    importance: 'high',
    doc: 'After this silence the group takes the member for dead. With `group.protocol=consumer` the broker says.',
    effect: test('group-consumer'),
  },
  'heartbeat.interval.ms': {
    type: 'int',
    unit: 'ms',
    default: 3000,
    importance: 'high',
    doc: 'How often the group hears of the member, whatever the application does meanwhile. With `group.protocol=consumer` the broker says.',
    effect: test('group-consumer'),
  },
  'max.poll.interval.ms': {
    type: 'int',
    unit: 'ms',
    default: 300_000,
    min: 1,
    importance: 'medium',
    doc: 'How long the application may be away before it asks for more. Then its partitions go to others, and it joins again when it asks.',
    effect: test('group-consumer'),
  },
  'partition.assignment.strategy': {
    type: 'list',
    default: [`${kafkaAssignor}.RangeAssignor`, `${kafkaAssignor}.CooperativeStickyAssignor`],
    importance: 'medium',
    doc: 'Assignors of a classic group, the preferred one first, by class or by name: `range`, `roundrobin`, `sticky`, `cooperative-sticky`, or one that the application brings.',
    effect: test('group-consumer'),
  },
  'enable.auto.commit': {
    type: 'boolean',
    default: true,
    importance: 'medium',
    doc: 'Whether what was handled is committed at intervals, before partitions are given up, and at the end.',
    effect: test('group-consumer'),
  },
  'auto.commit.interval.ms': {
    type: 'int',
    unit: 'ms',
    default: 5000,
    min: 0,
    importance: 'low',
    doc: 'The interval of commits with `enable.auto.commit`.',
    effect: test('group-consumer'),
  },
  'exclude.internal.topics': {
    type: 'boolean',
    default: true,
    importance: 'medium',
    doc: "Whether a pattern leaves Kafka's own topics out.",
    effect: test('group-consumer'),
  },
} as const satisfies ConfigRows

/** The rows of a consumer; those of a share consumer are these with other effects. */
export const consumerRows = {
  'bootstrap.servers': bootstrapRow,
  ...connectionRows,
  ...groupRows,
  ...deserializerRows,
  'client.id': { ...connectionRows['client.id'], importance: 'low' },
  'interceptor.classes': interceptorsRow,
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
  'max.poll.records': {
    type: 'int',
    default: 500,
    min: 1,
    importance: 'medium',
    doc: 'The most records that are handed out at once, all of one partition. What was fetched beyond waits for the next call.',
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

type Config = ConfigOfRows<typeof consumerRows>

/** As Kafka: what the broker decides under the consumer protocol cannot be set there. */
function brokerDecides(
  key: keyof Config & keyof typeof groupRows,
  read: (config: Config) => unknown,
): Relation<Config>[] {
  const byDefault = String(groupRows[key].default)
  return [
    [
      key,
      `${key} cannot be set when group.protocol=consumer: the broker decides`,
      config => config['group.protocol'].toLowerCase() !== 'consumer' || String(read(config)) === byDefault,
    ],
  ]
}

/** The settings of a consumer, under Kafka's keys. */
export const consumerTable = defineConfig(consumerRows, [
  [
    'heartbeat.interval.ms',
    'heartbeat.interval.ms must be lower than session.timeout.ms',
    config => config['heartbeat.interval.ms'] < config['session.timeout.ms'],
  ],
  [
    'group.remote.assignor',
    'group.remote.assignor needs group.protocol=consumer',
    config => config['group.remote.assignor'] === null || config['group.protocol'].toLowerCase() === 'consumer',
  ],
  ...brokerDecides('session.timeout.ms', config => config['session.timeout.ms']),
  ...brokerDecides('heartbeat.interval.ms', config => config['heartbeat.interval.ms']),
  ...brokerDecides('partition.assignment.strategy', config => config['partition.assignment.strategy'].join(',')),
])

/** The settings of a consumer as they are read, under Kafka's keys: [docs/config](../../../config/client-consumer.md) has each. */
export interface ConsumerConfig extends ConfigOf<typeof consumerTable> {}
