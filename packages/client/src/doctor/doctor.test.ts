import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checklistOf, clientRoles, diagnose, rolesOf } from './doctor.ts'

/** What is undefined is not set. */
const settingsOf = (settings: Record<string, string | undefined>) =>
  new Map(Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])))
const cluster = {
  'bootstrap.servers': 'kafka-1.example:9093,kafka-2.example:9093',
  'client.id': 'billing-writer',
  'security.protocol': 'SSL',
}
const producer = {
  ...cluster,
  acks: 'all',
  'enable.idempotence': 'true',
  'compression.type': 'lz4',
  'linger.ms': '10',
  'batch.size': '131072',
}
const consumer = {
  ...cluster,
  'group.id': 'billing-invoices',
  'group.instance.id': 'billing-1',
  'enable.auto.commit': 'false',
  'auto.offset.reset': 'earliest',
  'max.poll.interval.ms': '120000',
  'partition.assignment.strategy': 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
}

/** The rules that speak up, with the weight of what they say. */
function said(role: 'producer' | 'consumer' | 'admin', settings: Record<string, string | undefined>): string[] {
  return diagnose(settingsOf(settings), [role]).map(({ gravity, rule, key }) => `${gravity} ${rule} ${key}`)
}

test('settings that follow the checklists are left in peace', () => {
  assert.deepEqual(said('producer', producer), [])
  assert.deepEqual(said('consumer', consumer), [])
  assert.deepEqual(said('admin', cluster), [])
})

// What each rule is for; the ids are those of the checklists.
for (const [id, role, change, expected] of [
  ['R-03-270', 'producer', { 'bootstrap.servers': 'localhost:9092' }, ['warning bootstrap-servers bootstrap.servers']],
  ['R-03-270', 'producer', { 'bootstrap.servers': 'kafka-1:9092' }, ['advice bootstrap-servers bootstrap.servers']],
  [
    'R-03-271',
    'producer',
    { acks: '0', 'enable.idempotence': 'false', 'max.in.flight.requests.per.connection': '1' },
    ['error acks acks', 'error idempotence enable.idempotence'],
  ],
  [
    'R-03-271',
    'producer',
    { acks: '1', 'enable.idempotence': 'false', 'max.in.flight.requests.per.connection': '1' },
    ['error idempotence enable.idempotence', 'warning acks acks'],
  ],
  [
    'R-03-272, R-03-122',
    'producer',
    { 'enable.idempotence': 'false' },
    ['error idempotence enable.idempotence', 'warning order max.in.flight.requests.per.connection'],
  ],
  ['R-03-088', 'producer', { acks: '1' }, ['error settings acks', 'warning acks acks']],
  [
    'R-03-089',
    'producer',
    { acks: '1', 'enable.idempotence': undefined },
    [
      'error idempotence enable.idempotence',
      'warning acks acks',
      'warning order max.in.flight.requests.per.connection',
    ],
  ],
  ['R-03-123', 'producer', { retries: '3' }, ['warning retries retries']],
  ['R-03-123', 'producer', { retries: '2147483647' }, []],
  ['R-03-273', 'producer', { 'compression.type': 'gzip' }, ['advice compression compression.type']],
  ['R-03-273', 'producer', { 'compression.type': 'none' }, []],
  ['R-03-274', 'producer', { 'linger.ms': '0' }, ['advice batching linger.ms']],
  ['R-03-275', 'producer', { 'delivery.timeout.ms': '30010' }, ['warning delivery-timeout delivery.timeout.ms']],
  // The 30 s of a "real time" profile do not hold one request of 30 s and a linger.
  [
    'R-03-275',
    'producer',
    { 'delivery.timeout.ms': '30000' },
    ['error settings delivery.timeout.ms', 'warning delivery-timeout delivery.timeout.ms'],
  ],
  ['R-03-275', 'producer', { 'delivery.timeout.ms': '30000', 'request.timeout.ms': '10000' }, []],
  ['R-03-183', 'producer', { 'buffer.memory': '1048576' }, ['warning buffer buffer.memory']],
  [
    'R-03-180',
    'producer',
    { 'batch.size': '2000000', 'buffer.memory': '1000000000' },
    ['warning largest-batch batch.size'],
  ],
  [
    'R-03-044',
    'producer',
    { 'transactional.id': 'billing', 'transaction.timeout.ms': '3600000' },
    ['error transaction-timeout transaction.timeout.ms'],
  ],
  ['R-04-257', 'consumer', { 'group.id': 'my-group' }, ['warning group-id group.id']],
  ['R-04-257', 'consumer', { 'group.id': 'test1' }, ['warning group-id group.id']],
  ['R-04-257', 'consumer', { 'group.id': 'test-results-archive' }, []],
  ['R-04-258', 'consumer', { 'client.id': '' }, ['warning client-id client.id']],
  ['R-04-259', 'consumer', { 'enable.auto.commit': 'true' }, ['warning auto-commit enable.auto.commit']],
  ['R-04-261', 'consumer', { 'heartbeat.interval.ms': '20000' }, ['warning session heartbeat.interval.ms']],
  // The defaults, 3 s of 45 s, are no error.
  ['R-04-099', 'consumer', { 'heartbeat.interval.ms': '3000', 'session.timeout.ms': '45000' }, []],
  ['R-04-216', 'consumer', { 'heartbeat.interval.ms': '10000', 'session.timeout.ms': '30000' }, []],
  ['R-04-215', 'consumer', { 'session.timeout.ms': '9000' }, ['warning short-session session.timeout.ms']],
  ['R-04-218', 'consumer', { 'max.poll.interval.ms': '30000' }, ['warning poll-interval max.poll.interval.ms']],
  [
    'R-04-262',
    'consumer',
    { 'partition.assignment.strategy': 'org.apache.kafka.clients.consumer.RangeAssignor' },
    ['warning assignor partition.assignment.strategy'],
  ],
  ['R-04-044', 'consumer', { 'fetch.max.wait.ms': '30000' }, ['error fetch-wait fetch.max.wait.ms']],
  [
    'R-04-198',
    'consumer',
    { 'fetch.min.bytes': '1048576', 'fetch.max.wait.ms': '5000' },
    ['advice fetch-minimum fetch.max.wait.ms'],
  ],
  [
    'a password in the open',
    'admin',
    { 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': 'PLAIN' },
    ['error encryption security.protocol'],
  ],
  [
    'a certificate of anybody',
    'admin',
    { 'ssl.endpoint.identification.algorithm': '' },
    ['error host-name ssl.endpoint.identification.algorithm'],
  ],
  ['KIP-899', 'admin', { 'metadata.recovery.strategy': 'none' }, ['warning rebootstrap metadata.recovery.strategy']],
] as const) {
  test(`${id}: ${role} with ${JSON.stringify(change)}`, () => {
    const base = role === 'producer' ? producer : role === 'consumer' ? consumer : cluster
    assert.deepEqual(said(role, { ...base, ...change }), expected)
  })
}

test('what nobody decided on is asked for (R-03-273, R-03-274, R-04-260, R-04-261, R-04-263)', () => {
  assert.deepEqual(said('producer', cluster), ['advice compression compression.type', 'advice batching batch.size'])
  assert.deepEqual(said('consumer', { ...cluster, 'group.id': 'billing-invoices' }), [
    'warning auto-commit enable.auto.commit',
    'warning offset-reset auto.offset.reset',
    'warning assignor partition.assignment.strategy',
    'advice poll-interval max.poll.interval.ms',
    'advice static-member group.instance.id',
  ])
})

test('under the consumer protocol the broker decides about sessions and assignors', () => {
  const { 'partition.assignment.strategy': _, ...others } = consumer
  assert.deepEqual(said('consumer', { ...others, 'group.protocol': 'consumer' }), [])
})

test('a misspelt key is named with the one that was meant, and does not hide the rest', () => {
  const findings = diagnose(settingsOf({ 'lingr.ms': '5', ...producer, acks: 'al' }), ['producer'])
  assert.deepEqual(
    findings.map(({ key, advice }) => [key, advice]),
    [
      ['lingr.ms', 'write linger.ms'],
      ['acks', 'the client does not start with it: change it or leave it out'],
    ],
  )
})

test('keys without effect are advice, refused ones are errors', () => {
  assert.deepEqual(said('producer', { ...producer, 'compression.lz4.level': '3', 'ssl.engine.factory.class': 'a.B' }), [
    'error settings ssl.engine.factory.class',
    'advice settings compression.lz4.level',
  ])
})

test('the role follows from keys that only one kind of client has; what two have in common is said once', () => {
  assert.deepEqual(rolesOf(settingsOf(cluster)), ['admin'])
  assert.deepEqual(rolesOf(settingsOf(producer)), ['producer'])
  const both = settingsOf({ ...producer, ...consumer, 'client.id': '' })
  assert.deepEqual(rolesOf(both), ['producer', 'consumer'])
  assert.deepEqual(
    diagnose(both).map(({ role, rule }) => `${role}/${rule}`),
    ['producer/client-id'],
  )
})

test('each rule of a role has a name of its own and says its point', () => {
  for (const role of clientRoles) {
    const { rules } = checklistOf(role)
    assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length)
    for (const { point } of rules) assert.match(point, /^[A-Z`].*\.$/)
  }
})
