/** Our own commands on a Dorsale broker. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startTestBroker, type TestBroker } from '@dorsale/testkit'
import { run } from './testing/run.ts'

let broker: TestBroker
const folder = mkdtempSync(join(tmpdir(), 'dorsale-commands-'))
before(async () => {
  broker = await startTestBroker({ settings: { 'auto.create.topics.enable': false } })
})
after(async () => {
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
})

const dorsale = (text: string, options: { env?: Record<string, string>; stdin?: string } = {}) =>
  run(text.split(' '), options)
const here = () => `-b ${broker.bootstrapServers}`

test('topics are created, listed, described, altered and deleted', async () => {
  const created = await dorsale(`topic create orders payments -p 2 -c retention.ms=1000 ${here()}`)
  assert.deepEqual(created, { code: 0, stdout: 'Created orders\nCreated payments\n', stderr: '' })
  const again = await dorsale(`topic create orders ${here()}`)
  assert.equal(again.code, 1)
  assert.match(again.stderr, /^dorsale: orders: Topic 'orders' already exists\.\n$/)
  assert.equal((await dorsale(`topic create orders --if-not-exists ${here()}`)).code, 0)

  const { stdout } = await dorsale(`topic list ${here()}`)
  assert.equal(
    stdout,
    [
      'TOPIC     PARTITIONS  REPLICAS  UNDER-REPLICATED  LEADERLESS  INTERNAL\n',
      'orders             2         1                 0           0  false\n',
      'payments           2         1                 0           0  false\n',
    ].join(''),
  )
  const [described] = JSON.parse((await dorsale(`topic describe orders -o json ${here()}`)).stdout)
  assert.equal(described.topic, 'orders')
  assert.equal(described.settings['retention.ms'], '1000')
  assert.deepEqual(
    described.partitions.map(({ partition, replicas }: { partition: number; replicas: number[] }) => [
      partition,
      replicas,
    ]),
    [
      [0, [1]],
      [1, [1]],
    ],
  )
  const grown = await dorsale(`topic alter orders -p 3 ${here()}`)
  assert.deepEqual([grown.code, grown.stdout], [0, 'Now 3 partitions: orders\n'])
  const deleted = await dorsale(`topic delete orders payments missing ${here()}`)
  assert.deepEqual([deleted.code, deleted.stdout], [1, 'Deleted orders\nDeleted payments\n'])
  assert.match(deleted.stderr, /^dorsale: missing: /)
  assert.equal((await dorsale(`topic delete missing --if-exists ${here()}`)).code, 0)
})

test('kafka-topics does and prints what Kafka prints', async () => {
  const topics = async (text: string) => {
    const { code, stdout, stderr } = await run([
      'kafka-topics',
      '--bootstrap-server',
      broker.bootstrapServers,
      ...text.split(' '),
    ])
    return { code, stdout: stdout.replaceAll(/TopicId: [\w-]{22}/g, 'TopicId: id'), stderr }
  }
  const create = await topics('--create --topic a.b --partitions 2 --config retention.ms=3600000')
  assert.equal(
    create.stdout,
    "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.\nCreated topic a.b.\n",
  )
  assert.deepEqual(await topics('--create --topic a.b --if-not-exists'), {
    code: 0,
    stdout: `${create.stdout.split('\n')[0]}\n`,
    stderr: '',
  })
  assert.equal((await topics('--create --topic plain --replica-assignment 1,1')).stdout, 'Created topic plain.\n')
  assert.equal((await topics('--list')).stdout, 'a.b\nplain\n')
  assert.equal((await topics('--list --topic a.*,x')).stdout, 'a.b\n')
  assert.deepEqual(await topics('--alter --topic plain --partitions 3'), { code: 0, stdout: '', stderr: '' })
  const described = await topics('--describe --topic a.b')
  assert.equal(described.code, 0)
  assert.match(
    described.stdout,
    /^Topic: a\.b\tTopicId: id\tPartitionCount: 2\tReplicationFactor: 1\tConfigs: .*retention\.ms=3600000/,
  )
  const lines = described.stdout.split('\n').slice(1)
  assert.deepEqual(lines, [
    '\tTopic: a.b\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: ',
    '\tTopic: a.b\tPartition: 1\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: ',
    '',
  ])
  assert.equal((await topics('--describe --under-replicated-partitions')).stdout, '')
  const failures: [text: string, stdout: string][] = [
    ['--create --topic plain', "Topic 'plain' already exists."],
    ['--describe --topic missing', "Topic 'missing' does not exist as expected"],
    ['--delete --topic missing', "Topic 'missing' does not exist as expected"],
    ['--create --topic x --partitions 0', 'The partitions must be greater than 0'],
  ]
  for (const [text, message] of failures) {
    const { code, stdout } = await topics(text)
    assert.deepEqual([code, stdout], [1, `Error while executing topic command : ${message}\n`], text)
  }
  const refusals: [text: string, message: RegExp][] = [
    ['--topic x', /Command must include exactly one action/],
    ['--list --describe', /Command must include exactly one action/],
    ['--create', /Missing required argument "\[topic\]"/],
    ['--list --partitions 3', /Option "\[partitions\]" can't be used with option "\[list\]"/],
  ]
  for (const [text, message] of refusals) {
    const { code, stderr } = await topics(text)
    assert.equal(code, 1)
    assert.match(stderr, message, text)
  }
  assert.equal((await topics('--delete --topic .*')).code, 0)
})

test('kafka-get-offsets prints places and times', async () => {
  await dorsale(`topic create counted -p 2 ${here()}`)
  await broker.produce('counted', [
    { partition: 1, value: 'a', timestamp: 1000 },
    { partition: 1, value: 'b', timestamp: 2000 },
  ])
  const offsets = async (text: string) =>
    run(['kafka-get-offsets', '--bootstrap-server', broker.bootstrapServers, ...text.split(' ')])
  const cases: [text: string, stdout: string][] = [
    ['--topic counted', 'counted:0:0\ncounted:1:2\n'],
    ['--topic counted --time earliest', 'counted:0:0\ncounted:1:0\n'],
    ['--topic counted --time -3', 'counted:1:1\n'],
    ['--topic counted --time 1500', 'counted:1:1\n'],
    ['--topic counted --partitions 1', 'counted:1:2\n'],
    ['--topic-partitions cou.*:0-1,x:7', 'counted:0:0\n'],
    ['--topic-partitions :1-', 'counted:1:2\n'],
  ]
  for (const [text, stdout] of cases) assert.deepEqual(await offsets(text), { code: 0, stdout, stderr: '' }, text)
  const failures: [text: string, stderr: RegExp][] = [
    ['--topic missing', /^Error occurred: Could not match any topic-partitions with the specified filters\n$/],
    ['--topic-partitions counted --topic x', /--topic-partitions cannot be used with --topic or --partitions/],
    ['--time now', /Malformed time argument now\./],
    ['--partitions a', /--partitions expects a comma separated list of numeric partition ids, but received: a/],
  ]
  for (const [text, stderr] of failures) {
    const failed = await offsets(text)
    assert.equal(failed.code, 1)
    assert.match(failed.stderr, stderr)
  }
})

test('a context stands for a cluster and its settings, for its owner alone', async () => {
  const env = { XDG_CONFIG_HOME: join(folder, 'config') }
  const file = join(folder, 'client.properties')
  writeFileSync(file, `bootstrap.servers=${broker.bootstrapServers}\nclient.id=from-file\n`)
  const context = (text: string, more = {}) => dorsale(`context ${text}`, { env: { ...env, ...more } })
  assert.match((await context('list')).stderr, /There are no contexts/)
  assert.equal((await context(`add here --command-config ${file}`)).stdout, 'Using here.\n')
  assert.equal((await context('add far -b far.example:9092')).stdout, 'Added far.\n')
  assert.equal(statSync(join(folder, 'config/dorsale/contexts.json')).mode & 0o777, 0o600)
  const list = async (more = {}) => JSON.parse((await context('list -o json', more)).stdout)
  assert.deepEqual(
    (await list()).map(({ name, current }: { name: string; current: boolean }) => [name, current]),
    [
      ['here', true],
      ['far', false],
    ],
  )
  assert.equal((await list({ DORSALE_CONTEXT: 'far' }))[1].current, true)

  // The context in use, one by name, and flags over both.
  assert.equal((await dorsale('topic list', { env })).code, 0)
  assert.equal((await run(['kafka-topics', '--list'], { env })).code, 0)
  assert.equal((await context('use far')).stdout, 'Using far.\n')
  assert.equal((await dorsale('topic list --context here', { env })).code, 0)
  assert.equal((await dorsale('topic list', { env: { ...env, DORSALE_CONTEXT: 'here' } })).code, 0)
  assert.equal((await dorsale(`topic list ${here()}`, { env })).code, 0)
  const unknown = await dorsale('topic list --context nowhere', { env })
  assert.deepEqual([unknown.code, unknown.stderr], [1, 'dorsale: there is no context "nowhere": there are here, far\n'])
  assert.equal((await context('remove far')).stdout, 'Removed far.\n')
  assert.equal((await list())[0].current, false)
  writeFileSync(join(folder, 'config/dorsale/contexts.json'), '{"current":3}')
  assert.match((await context('list')).stderr, /cannot read the contexts in .*contexts\.json/)
})

test('a misspelt setting of a client is refused with the one that was meant', async () => {
  const { code, stderr } = await dorsale(`topic list --command-property request.timeout.m=1 ${here()}`)
  assert.equal(code, 1)
  assert.match(stderr, /request\.timeout\.ms/)
})

test('records go in and come out as JSON, as keys and values, between two places', async () => {
  await dorsale(`topic create records -p 2 ${here()}`)
  const lines = [
    { partition: 0, timestamp: 1000, key: 'a', value: 'one', headers: [{ key: 'h', value: 'x' }] },
    { partition: 0, timestamp: 2000, key: null, value: null },
    { partition: 0, timestamp: 3000, key: 'b', value: '/wAB', valueEncoding: 'base64' },
  ]
  const stdin = lines.map(line => `${JSON.stringify(line)}\n`).join('')
  const sent = await dorsale(`produce records -f json ${here()}`, { stdin })
  assert.deepEqual([sent.code, sent.stdout, sent.stderr], [0, '', '3 records written\n'])
  const consume = async (text: string) => (await dorsale(`consume records ${text} ${here()}`)).stdout
  const read = (await consume('--from earliest --to latest -f json'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(
    read,
    lines.map((line, offset) => ({ topic: 'records', offset, ...line })),
  )
  assert.equal(await consume('--from @1 --to @2 -p 0 -f key-value --key-separator ='), '=\n')
  assert.equal(
    await consume('--from 1970-01-01T00:00:01.500 --to latest -n 1 -f table'),
    'records-0@1 1970-01-01T00:00:02.000Z null null\n',
  )
  assert.equal(await consume('--from earliest --to 1970-01-01T00:00:02'), 'one\n')
  assert.equal(await consume('--from latest --to latest'), '')
  const file = join(folder, 'pairs.txt')
  writeFileSync(file, 'k1=v1\nk2=v=2\n')
  assert.equal(
    (await dorsale(`produce records ${file} -f key-value --key-separator = -p 1 -t 5000 -H a=1 ${here()}`)).code,
    0,
  )
  const [first] = (await consume('-p 1 --from earliest --to latest -f json')).split('\n')
  assert.deepEqual(JSON.parse(first ?? ''), {
    topic: 'records',
    partition: 1,
    offset: 0,
    timestamp: 5000,
    key: 'k1',
    value: 'v1',
    headers: [{ key: 'a', value: '1' }],
  })
  assert.equal(await consume('-p 1 --from earliest --to latest -f key-value'), 'k1\tv1\nk2\tv=2\n')
})

test('input that is no record is refused by its line, and places that are none by their words', async () => {
  await dorsale(`topic create refusals ${here()}`)
  const produce: [stdin: string, text: string, message: RegExp][] = [
    ['{"value":"a"}\n{"x":1}\n', '-f json', /^dorsale: line 2 is no record: a record has no "x"/],
    ['[]\n', '-f json', /line 1 is no record: it is no JSON object/],
    ['ab\n', '-f key-value', /line 1 is no record: there is no "\\t" after a key/],
    ['', '/nowhere/file', /cannot read \/nowhere\/file: ENOENT/],
    ['', '-t yesterday', /"yesterday" is no time/],
    ['a\n', '-p -1', /whole number from 0/],
  ]
  for (const [stdin, text, message] of produce) {
    const { code, stderr } = await dorsale(`produce refusals ${text} ${here()}`, { stdin })
    assert.equal(code, 1, text)
    assert.match(stderr, message)
  }
  const consume: [text: string, message: RegExp][] = [
    ['--from sometime', /"sometime" is no time/],
    ['-p 3', /refusals has no partition 3: it has 1/],
    ['-p a', /"a" is no list of partitions/],
  ]
  for (const [text, message] of consume) {
    const { code, stderr } = await dorsale(`consume refusals ${text} ${here()}`)
    assert.equal(code, 1, text)
    assert.match(stderr, message)
  }
})

test('an interrupt ends a consumer that waits for ever, with what it has printed', async () => {
  await dorsale(`topic create interrupted ${here()}`)
  const interrupt = new AbortController()
  const words = ['consume', 'interrupted', '--from', 'earliest', '-b', broker.bootstrapServers]
  const running = run(words, { signal: interrupt.signal })
  interrupt.abort()
  assert.deepEqual(await running, { code: 0, stdout: '', stderr: '' })
})

test('the settings of a resource are described', async () => {
  await dorsale(`topic create settled -c retention.ms=1000 ${here()}`)
  const rows = JSON.parse((await dorsale(`config describe topic/settled -o json ${here()}`)).stdout)
  const retention = rows.find(({ key }: { key: string }) => key === 'retention.ms')
  assert.deepEqual(retention, { key: 'retention.ms', value: '1000', source: 'DYNAMIC_TOPIC_CONFIG', readOnly: false })
  const one = await dorsale(`config describe topic/settled cleanup.policy ${here()}`)
  assert.match(one.stdout, /^KEY +VALUE +SOURCE +READ-ONLY\ncleanup\.policy +delete +DEFAULT_CONFIG +false\n$/)
  assert.match((await dorsale(`config describe nothing ${here()}`)).stderr, /"nothing" names nothing that has settings/)

  const kafka = async (text: string) =>
    run(['kafka-configs', '--bootstrap-server', broker.bootstrapServers, ...text.split(' ')])
  assert.equal(
    (await kafka('--describe --topic settled')).stdout,
    'Dynamic configs for topic settled are:\n  retention.ms=1000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=1000}\n',
  )
  assert.match(
    (await kafka('--describe --entity-type topics --entity-name settled --all')).stdout,
    /^All configs for topic settled are:\n {2}cleanup\.policy=delete sensitive=false synonyms=\{DEFAULT_CONFIG:log\.cleanup\.policy=delete\}\n/,
  )
  assert.equal(
    (await kafka('--describe --broker 9')).stdout,
    "The broker '9' doesn't exist and doesn't have dynamic config.\n",
  )
  const refusals: [text: string, message: RegExp][] = [
    ['--describe --topic a --broker 1', /Only one entity type may be specified/],
    ['--describe', /At least one entity type must be specified/],
    ['--alter --topic a', /At least one of --add-config, --add-config-file, or --delete-config must be specified/],
    ['--alter --topic a --add-config b', /all configs to be added must be in the format "key=val"/],
    ['--describe --broker x', /must be a valid integer broker id, found: x/],
  ]
  for (const [text, message] of refusals) assert.match((await kafka(text)).stderr, message)
})

test('the cluster is described', async () => {
  const { clusterId, brokers } = JSON.parse((await dorsale(`cluster describe -o json ${here()}`)).stdout)
  assert.match(clusterId, /^[\w-]{22}$/)
  assert.deepEqual(brokers, [{ broker: 1, address: broker.bootstrapServers, rack: null, controller: true }])
})
