import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { type BrokerConfig, loadBrokerConfig } from './broker-config.ts'
import { groupTable, topicTable } from './tables/index.ts'
import { brokerText, type DynamicSettings, resolveTopicConfig } from './topic-config.ts'

function broker(settings: Record<string, string>): BrokerConfig {
  const loaded = loadBrokerConfig({ dataDirectory: 'd', overrides: new Map(Object.entries(settings)) })
  assert.ok('config' in loaded, inspect(loaded))
  return loaded.config
}

interface Layers {
  readonly topic?: Record<string, string>
  readonly broker?: Record<string, string>
  readonly cluster?: Record<string, string>
  readonly static?: Record<string, string>
}

function resolve({ topic = {}, broker: own = {}, cluster = {}, static: file = {} }: Layers) {
  const dynamic: DynamicSettings = { broker: new Map(Object.entries(own)), cluster: new Map(Object.entries(cluster)) }
  return resolveTopicConfig(broker(file), new Map(Object.entries(topic)), dynamic)
}

const retention: [layers: Layers, retentionMs: number][] = [
  [{}, 604_800_000],
  [{ static: { 'log.retention.hours': '2' } }, 7_200_000],
  [{ static: { 'log.retention.hours': '2', 'log.retention.minutes': '3' } }, 180_000],
  [{ static: { 'log.retention.minutes': '3', 'log.retention.ms': '4' } }, 4],
  [{ static: { 'log.retention.hours': '-1' } }, -1],
  [{ static: { 'log.retention.ms': '-2' } }, -1],
  [{ static: { 'log.retention.ms': '9223372036854775807' } }, Number.POSITIVE_INFINITY],
  [{ static: { 'log.retention.ms': '4' }, cluster: { 'log.retention.ms': '5' } }, 5],
  [{ cluster: { 'log.retention.ms': '5' }, broker: { 'log.retention.ms': '6' } }, 6],
  [{ broker: { 'log.retention.ms': '6' }, topic: { 'retention.ms': '7' } }, 7],
  // A value that no longer holds is as if it were not there.
  [{ topic: { 'retention.ms': 'long' } }, 604_800_000],
]

for (const [layers, retentionMs] of retention) {
  test(`retention with ${JSON.stringify(layers)}`, () => assert.equal(resolve(layers).log.retentionMs, retentionMs))
}

test('flush.ms falls back to the interval of the flush scheduler', () => {
  assert.equal(resolve({}).log.flushMs, Number.POSITIVE_INFINITY)
  assert.equal(resolve({ static: { 'log.flush.scheduler.interval.ms': '7' } }).log.flushMs, 7)
  assert.equal(
    resolve({ static: { 'log.flush.scheduler.interval.ms': '7', 'log.flush.interval.ms': '8' } }).log.flushMs,
    8,
  )
})

test('policies, compression and timestamps are ready for use', () => {
  const config = resolve({
    topic: {
      'cleanup.policy': 'compact,delete',
      'compression.type': 'zstd',
      'message.timestamp.type': 'LogAppendTime',
    },
    static: { 'compression.zstd.level': '7', 'message.max.bytes': '2000000' },
  })
  assert.equal(config.log.cleanupCompact && config.log.cleanupDelete, true)
  assert.deepEqual([config.compressionType, config.compressionLevel], ['zstd', 7])
  assert.equal(config.timestampType, 'LogAppendTime')
  assert.equal(config.maxMessageBytes, 2_000_000)
})

const refused: [overrides: Record<string, string>, sentence: string][] = [
  [
    { 'min.compaction.lag.ms': '6', 'max.compaction.lag.ms': '5' },
    'conflict topic config setting min.compaction.lag.ms (6) > max.compaction.lag.ms (5)',
  ],
  [
    { 'remote.storage.enable': 'true' },
    'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
  ],
  [
    { 'leader.replication.throttled.replicas': '0:1,x' },
    "Invalid value [0:1, x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
  ],
]

for (const [overrides, sentence] of refused) {
  test(`a topic is refused ${JSON.stringify(overrides)}`, () => {
    const { problems } = topicTable.parse(new Map(Object.entries(overrides)))
    assert.deepEqual(
      problems.map(problem => problem.message),
      [sentence],
    )
  })
}

test('a share group begins at a strategy or a duration', () => {
  const accepts = (text: string) => 'value' in groupTable.parseValue('share.auto.offset.reset', text)
  for (const text of ['earliest', 'latest', 'by_duration:PT1H', 'by_duration:P1DT2H3.5S'])
    assert.ok(accepts(text), text)
  for (const text of ['none', 'Latest', 'by_duration:', 'by_duration:PT-1H', 'by_duration:PT', 'BY_DURATION:PT1H']) {
    assert.ok(!accepts(text), text)
  }
})

test('a value names the broker key and the source it came from', () => {
  const config = broker({ 'log.roll.hours': '1' })
  assert.deepEqual(brokerText(config, 'segment.ms'), { name: 'log.roll.hours', text: '3600000', source: 4 })
  assert.deepEqual(brokerText(config, 'segment.ms', { broker: new Map(), cluster: new Map([['log.roll.ms', '9']]) }), {
    name: 'log.roll.ms',
    text: '9',
    source: 3,
  })
  assert.equal(brokerText(config, 'segment.bytes'), undefined)
})
