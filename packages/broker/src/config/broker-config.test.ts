import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { type LoadOptions, loadBrokerConfig } from './broker-config.ts'
import type { Endpoint } from './listeners.ts'
import { brokerTable } from './tables/index.ts'
import { resolveTopicConfig } from './topic-config.ts'

/** What Kafka 4.4.0's KafkaConfig makes of settings over a sound node; recaptured by tools/config/capture.ts. */
interface Vector {
  /** Null takes a setting away. */
  readonly settings: Readonly<Record<string, string | null>>
  readonly problem?: string
  readonly listeners?: readonly string[]
  readonly controllers?: readonly string[]
  readonly advertised?: readonly string[]
  readonly interBroker?: string
  readonly logDirs?: readonly string[]
  readonly metadataLogDir?: string
  readonly retentionMs?: string
}

const vectors: Vector[] = JSON.parse(readFileSync(new URL('vectors/brokers.json', import.meta.url), 'utf8'))

const soundNode = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093',
  'controller.quorum.bootstrap.servers': 'localhost:9093',
}

/** As a file would give them. */
function load(settings: Readonly<Record<string, string | null>>) {
  const lines = Object.entries({ ...soundNode, ...settings }).flatMap(([key, value]) =>
    value === null ? [] : [`${key}=${value}`],
  )
  return loadBrokerConfig({ file: Buffer.from(lines.join('\n')), dataDirectory: 'unused' })
}

for (const vector of vectors) {
  test(`as Kafka: ${JSON.stringify(vector.settings)}`, () => {
    const loaded = load(vector.settings)
    if ('problems' in loaded) {
      const messages = loaded.problems.map(problem => problem.message)
      assert.ok(messages.includes(vector.problem ?? ''), `${JSON.stringify(messages)} lacks: ${vector.problem}`)
      return
    }
    const { config } = loaded
    assert.equal(undefined, vector.problem)
    assert.deepEqual(
      [...config.listeners, ...config.controllerListeners].map(text).sort(),
      [...(vector.listeners ?? [])].sort(),
    )
    assert.deepEqual(config.controllerListeners.map(text), vector.controllers)
    assert.deepEqual((config.advertisedListeners ?? config.listeners).map(text), vector.advertised)
    assert.equal(config.interBrokerListenerName, vector.interBroker)
    assert.deepEqual(config.logDirectories, vector.logDirs)
    assert.equal(config.metadataDirectory, vector.metadataLogDir)
    assert.equal(String(resolveTopicConfig(config, new Map()).log.retentionMs), vector.retentionMs)
  })
}

test('each relation between keys is broken by one of the cases above', () => {
  const broken = new Set<unknown>()
  for (const { settings } of vectors) {
    const given = new Map(
      Object.entries({ ...soundNode, ...settings }).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
    )
    const { config, sound } = brokerTable.parse(given)
    if (!sound) continue
    for (const relation of brokerTable.relations) if (!relation[2](config)) broken.add(relation[1])
  }
  const unbroken = brokerTable.relations.map(([, sentence]) => sentence).filter(sentence => !broken.has(sentence))
  assert.deepEqual(unbroken, [])
})

function text({ listenerName, securityProtocol, host, port }: Endpoint): string {
  return `${listenerName} ${securityProtocol} ${host} ${port}`
}

/** The outcome over the single node's settings: sentences of problems, or of notices. */
function outcome(overrides: Record<string, string>, options: Partial<LoadOptions> = {}) {
  const loaded = loadBrokerConfig({
    dataDirectory: './data',
    overrides: new Map(Object.entries(overrides)),
    ...options,
  })
  return 'problems' in loaded ? { problems: loaded.problems.map(problem => problem.message) } : loaded
}

function assertProblems(overrides: Record<string, string>, problems: string[]): void {
  assert.deepEqual(outcome(overrides), { problems })
}

test('without a file: one node on loopback, one replica, no waiting, all of it static settings', () => {
  const loaded = outcome({})
  assert.ok('config' in loaded)
  const { config, notices } = loaded
  assert.deepEqual(notices, [])
  assert.equal(config.nodeId, 1)
  assert.deepEqual(config.listeners.map(text), ['PLAINTEXT PLAINTEXT 127.0.0.1 9092'])
  assert.deepEqual(config.controllerListeners.map(text), ['CONTROLLER PLAINTEXT 127.0.0.1 9093'])
  assert.equal(config.advertisedListeners, undefined)
  assert.deepEqual(config.logDirectories, ['./data/log'])
  assert.equal(config.values['offsets.topic.replication.factor'], 1)
  assert.equal(config.values['transaction.state.log.min.isr'], 1)
  assert.equal(config.settings.get('group.initial.rebalance.delay.ms'), '0')
})

const addresses: [options: Partial<LoadOptions>, client: string, controller: string][] = [
  [{ port: 0 }, '127.0.0.1 0', '127.0.0.1 9093'],
  [{ port: 65535 }, '127.0.0.1 65535', '127.0.0.1 65534'],
  [{ host: '::1', port: 29092 }, '::1 29092', '::1 29093'],
  [{ host: '0.0.0.0' }, '0.0.0.0 9092', '0.0.0.0 9093'],
]

for (const [options, client, controller] of addresses) {
  test(`${JSON.stringify(options)} listens on ${client}`, () => {
    const loaded = outcome({}, options)
    assert.ok('config' in loaded, inspect(loaded))
    assert.deepEqual(loaded.config.listeners.map(text), [`PLAINTEXT PLAINTEXT ${client}`])
    assert.deepEqual(loaded.config.controllerListeners.map(text), [`CONTROLLER PLAINTEXT ${controller}`])
  })
}

test('with a file nothing is added to it but the overrides', () => {
  const loaded = load({})
  assert.ok('config' in loaded)
  assert.equal(loaded.config.values['offsets.topic.replication.factor'], 3)
  // As in Kafka, the id is shown under its old name too.
  assert.deepEqual(Object.fromEntries(loaded.config.settings), { ...soundNode, 'broker.id': '1' })
  const overridden = outcome(
    { 'node.id': '7' },
    {
      file: Buffer.from(
        Object.entries(soundNode)
          .map(pair => pair.join('='))
          .join('\n'),
      ),
    },
  )
  assert.ok('config' in overridden)
  assert.equal(overridden.config.nodeId, 7)
})

test('every problem is told at once', () => {
  assertProblems({ 'num.partition': '3', 'node.id': 'one', 'log.dirs': '' }, [
    'Invalid value one for configuration node.id: Not a number of type INT',
    "Configuration 'log.dirs' must not be empty. Valid values include: any non-empty value",
    "Unknown configuration 'num.partition': did you mean 'num.partitions'?",
  ])
})

test('what changes nothing is told, unless it says the default', () => {
  const loaded = outcome({
    'num.io.threads': '16',
    'num.network.threads': '3',
    'ssl.keystore.password': 'hunter2',
    'ssl.truststore.password': 'hunter3',
    'listener.name.plaintext.log.dirs': '/data',
    'listener.name.plaintext.ssl.provider': 'BC',
    'listener.name.plaintext.plain.sasl.jaas.confg': 'x',
    'listener.name.plaintext.sasl.enabled.mechanisms': 'PLAIN',
  })
  assert.ok('config' in loaded, inspect(loaded))
  assert.deepEqual(loaded.notices, [
    'num.io.threads is set and has no effect: The broker owns one thread; there is no pool to size.',
    'ssl.truststore.password is set and has no effect: PEM has no password, and other truststores are not read.',
    'listener.name.plaintext.log.dirs is set and has no effect: It holds for all listeners, under its own name.',
    'listener.name.plaintext.ssl.provider is set and has no effect: It chooses among implementations of Java.',
    "listener.name.plaintext.plain.sasl.jaas.confg is set and has no effect: Unknown configuration 'sasl.jaas.confg': did you mean 'sasl.jaas.config'?",
  ])
  assert.doesNotMatch(inspect(loaded.config.values), /hunter[23]/)
})

test('what it would do harm to ignore is refused, unless it says the default', () => {
  assertProblems({ 'authorizer.class.name': 'org.example.LdapAuthorizer', 'super.users': 'User:admin; bob' }, [
    'authorizer.class.name=org.example.LdapAuthorizer cannot be loaded: Java classes are not, and a broker that was asked to lock its doors must not start with them open. Write org.apache.kafka.metadata.authorizer.StandardAuthorizer, or leave it out.',
    'super.users names bob, which is no principal: write type and name, as in User:bob, with ; between them.',
  ])
  assert.ok('config' in outcome({ 'authorizer.class.name': '', 'remote.log.storage.system.enable': 'false' }))
})

test('what a node of one cannot be is refused', () => {
  assertProblems({ 'process.roles': 'broker' }, [
    'process.roles=broker is not served: a node is broker and controller in one; write process.roles=broker,controller.',
  ])
  assertProblems({ 'controller.quorum.voters': '1@a:1,2@b:2' }, [
    'controller.quorum.voters names more than one voter: a quorum of several is not served yet; name this node alone.',
  ])
})

test('a port that no socket has', () => {
  assertProblems({ listeners: 'PLAINTEXT://h:65536,CONTROLLER://h:1' }, [
    "Error creating broker listeners from '[PLAINTEXT://h:65536, CONTROLLER://h:1]': The port of PLAINTEXT://h:65536 is outside 0..65535",
  ])
})

test('a malformed file is one sentence', () => {
  assert.deepEqual(outcome({}, { file: Buffer.from('a=1\nb=\\u12') }), {
    problems: ['The configuration file is malformed at line 2: malformed \\uxxxx encoding.'],
  })
})
