import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from './config-error.ts'
import { defineConfig } from './define-config.ts'
import type { Password } from './password.ts'
import type { ConfigOf } from './types.ts'

const effect = { honoured: 'define-config.test.ts' }
const common = { importance: 'medium', doc: 'A key for the test.', effect } as const

const table = defineConfig(
  {
    'node.id': { type: 'int', min: 0, ...common },
    'session.timeout.ms': { type: 'int', unit: 'ms', default: 45_000, min: 1, max: 60_000, ...common },
    'heartbeat.interval.ms': { type: 'int', unit: 'ms', default: 5_000, min: 1, ...common },
    'flush.messages': { type: 'long', default: 9_223_372_036_854_775_807n, min: 1n, ...common },
    ratio: { type: 'double', default: 0.5, min: 0, max: 1, ...common },
    policy: { type: 'list', default: ['delete'], values: ['compact', 'delete'], distinct: true, ...common },
    roles: { type: 'list', default: ['a'], distinct: true, nonEmpty: true, ...common },
    codec: { type: 'string', default: 'gzip', values: ['gzip', 'zstd'], ...common },
    direction: { type: 'string', default: 'up', values: ['UP', 'DOWN'], ignoreCase: true, ...common },
    prefix: { type: 'string', default: null, nonEmpty: true, ...common },
    secret: { type: 'password', default: null, ...common },
    level: {
      type: 'int',
      default: -1,
      check: { range: 'odd', problem: (key, value) => (value % 2 === 0 ? `${key} must be odd` : undefined) },
      ...common,
    },
  },
  [
    [
      'heartbeat.interval.ms',
      'heartbeat.interval.ms must be below session.timeout.ms',
      c => c['heartbeat.interval.ms'] < c['session.timeout.ms'],
    ],
  ],
)

interface TestConfig extends ConfigOf<typeof table> {}

test('values have the types of their rows', () => {
  const config: TestConfig = table.load(new Map([['node.id', '1']]))
  const id: number = config['node.id']
  const flush: bigint = config['flush.messages']
  const prefix: string | null = config.prefix
  const secret: Password | null = config.secret
  assert.deepEqual([id, flush, prefix, secret], [1, 9_223_372_036_854_775_807n, null, null])
})

/** The sentences for one set of settings, over a sound `node.id`. */
function check(settings: Record<string, string>, expected: string[]): void {
  const { problems } = table.parse(new Map(Object.entries({ 'node.id': '1', ...settings })))
  assert.deepEqual(
    problems.map(problem => problem.message),
    expected,
  )
}

const cases: [settings: Record<string, string>, problems: string[]][] = [
  [{}, []],
  [
    {
      'session.timeout.ms': '60000',
      ratio: '1',
      policy: '',
      codec: 'zstd',
      direction: 'Down',
      prefix: 'p',
      level: '3',
    },
    [],
  ],
  [{ 'session.timeout.ms': '0' }, ['Invalid value 0 for configuration session.timeout.ms: Value must be at least 1']],
  [
    { 'session.timeout.ms': '60001' },
    ['Invalid value 60001 for configuration session.timeout.ms: Value must be no more than 60000'],
  ],
  [{ 'flush.messages': '0' }, ['Invalid value 0 for configuration flush.messages: Value must be at least 1']],
  [{ ratio: '1e-1' }, []],
  [{ ratio: '1.5' }, ['Invalid value 1.5 for configuration ratio: Value must be no more than 1']],
  [
    { policy: 'compact,remove' },
    ['Invalid value remove for configuration policy: String must be one of: compact, delete'],
  ],
  [{ policy: 'delete,delete' }, []],
  [{ policy: 'delete,' }, ["Configuration 'policy' values must not be empty."]],
  [{ roles: ' ' }, ["Configuration 'roles' must not be empty. Valid values include: any non-empty value"]],
  [{ codec: 'GZIP' }, ['Invalid value GZIP for configuration codec: String must be one of: gzip, zstd']],
  [
    { direction: 'left' },
    ['Invalid value left for configuration direction: String must be one of (case insensitive): UP, DOWN'],
  ],
  [{ prefix: ' ' }, ['Invalid value  for configuration prefix: String must be non-empty']],
  [{ level: '2' }, ['level must be odd']],
  [{ levle: '2' }, ["Unknown configuration 'levle': did you mean 'level'?"]],
  [{ something: '2' }, ["Unknown configuration 'something'"]],
  [{ constructor: '2' }, ["Unknown configuration 'constructor'"]],
  [{ 'heartbeat.interval.ms': '45000' }, ['heartbeat.interval.ms must be below session.timeout.ms']],
  // All at once; the relation is not judged on values that are wrong themselves.
  [
    { 'heartbeat.interval.ms': '99999', 'session.timeout.ms': 'soon', codec: 'none', nodeid: '4' },
    [
      'Invalid value soon for configuration session.timeout.ms: Not a number of type INT',
      'Invalid value none for configuration codec: String must be one of: gzip, zstd',
      "Unknown configuration 'nodeid': did you mean 'node.id'?",
    ],
  ],
]

for (const [settings, problems] of cases) test(`${JSON.stringify(settings)}`, () => check(settings, problems))

test('a list without duplicates drops what is said twice', () => {
  assert.deepEqual(table.parseValue('policy', 'delete, compact,delete'), { value: ['delete', 'compact'] })
})

test('a key without a default is required', () => {
  assert.throws(
    () => table.load(new Map()),
    (error: unknown) =>
      error instanceof ConfigError &&
      error.code === 'DORSALE_CONFIG' &&
      error.message === 'Missing required configuration "node.id" which has no default value.',
  )
})

test('keys that the caller knows are let through', () => {
  const settings = new Map([
    ['node.id', '1'],
    ['listener.name.x.y', 'z'],
  ])
  assert.deepEqual(table.parse(settings, { allow: key => key.startsWith('listener.name.') }).problems, [])
})

test('ranges and defaults read as Kafka prints them', () => {
  const ranges = ['node.id', 'session.timeout.ms', 'policy', 'direction', 'prefix', 'level', 'secret'] as const
  assert.deepEqual(
    ranges.map(key => table.range(key)),
    ['[0,...]', '[1,...,60000]', '[compact, delete]', '(case insensitive) [UP, DOWN]', 'non-empty string', 'odd', ''],
  )
  assert.equal(table.defaultText('flush.messages'), '9223372036854775807')
  assert.equal(table.defaultText('policy'), 'delete')
  assert.equal(table.defaultText('node.id'), null)
})
