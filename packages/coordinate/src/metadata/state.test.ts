import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MetadataRecord, metadataRecord } from '@dorsale/protocol'
import { directoryOf } from '../testing/test-controller.ts'
import { configResourceTypes } from './image.ts'
import { MetadataState } from './state.ts'

const topicId = directoryOf(50)
const topic = metadataRecord('TopicRecord', 0, { name: 'a', topicId })
const partition = (partitionId: number): MetadataRecord =>
  metadataRecord('PartitionRecord', 2, {
    partitionId,
    topicId,
    replicas: [1],
    isr: [1],
    leader: 1,
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: [directoryOf(1)],
  })

function replayed(...records: MetadataRecord[]): MetadataState {
  const state = new MetadataState()
  for (const record of records) state.replay(record)
  return state
}

const contradictions: [string, MetadataRecord[], RegExp][] = [
  ['a topic twice', [topic, topic], /topic a is created twice/],
  ['a partition of no topic', [partition(0)], /no topic has the id/],
  ['a partition after a gap', [topic, partition(1)], /partition 1 of topic a comes before 0/],
  [
    'a change of no partition',
    [topic, metadataRecord('PartitionChangeRecord', 0, { topicId, partitionId: 0 })],
    /no partition 0 in topic a/,
  ],
  ['removal of no topic', [metadataRecord('RemoveTopicRecord', 0, { topicId })], /no topic has the id/],
  [
    'a change of no broker',
    [metadataRecord('BrokerRegistrationChangeRecord', 0, { brokerId: 1, brokerEpoch: 5, fenced: 1 })],
    /broker 1 is not registered/,
  ],
  [
    'a change of another life',
    [
      metadataRecord('RegisterBrokerRecord', 4, { brokerId: 1, brokerEpoch: 4 }),
      metadataRecord('BrokerRegistrationChangeRecord', 0, { brokerId: 1, brokerEpoch: 5, fenced: 1 }),
    ],
    /broker 1 has epoch 4, the record says 5/,
  ],
  [
    'producer ids that fall',
    [
      metadataRecord('ProducerIdsRecord', 0, { nextProducerId: 2000n }),
      metadataRecord('ProducerIdsRecord', 0, { nextProducerId: 1000n }),
    ],
    /next producer id 1000 does not follow 2000/,
  ],
  ['an end without a beginning', [metadataRecord('EndTransactionRecord', 0, {})], /ends that has not begun/],
  ['an abort without a beginning', [metadataRecord('AbortTransactionRecord', 0, {})], /aborts that has not begun/],
  [
    'a transaction inside another',
    [metadataRecord('BeginTransactionRecord', 0, {}), metadataRecord('BeginTransactionRecord', 0, {})],
    /begins inside another/,
  ],
]

for (const [name, records, message] of contradictions) {
  test(`contradiction: ${name}`, () => assert.throws(() => replayed(...records), { code: 'DORSALE_METADATA', message }))
}

test('a metadata transaction takes effect at its end, and an aborted one never', () => {
  const state = replayed(metadataRecord('BeginTransactionRecord', 0, {}), topic, partition(0))
  assert.equal(state.inTransaction, true)
  assert.equal(state.topicsByName.size, 0)
  state.replay(metadataRecord('EndTransactionRecord', 0, {}))
  assert.equal(state.topicsByName.get('a')?.partitions.length, 1)

  const aborted = replayed(
    metadataRecord('BeginTransactionRecord', 0, {}),
    topic,
    metadataRecord('AbortTransactionRecord', 0, { reason: 'changed my mind' }),
  )
  assert.equal(aborted.topicsByName.size, 0)
  assert.equal(aborted.inTransaction, false)
})

test('values that were handed out never change', () => {
  const state = replayed(topic, partition(0))
  state.takeDelta()
  const before = state.topicsByName.get('a')!
  const config = (value: string): MetadataRecord =>
    metadataRecord('ConfigRecord', 0, { resourceType: 2, resourceName: 'a', name: 'retention.ms', value })
  state.replay(config('1'))
  const settings = state.configsOf(configResourceTypes.TOPIC, 'a')
  state.takeDelta()
  state.replay(config('2'))
  state.replay(metadataRecord('PartitionChangeRecord', 0, { topicId, partitionId: 0, leader: -1 }))
  state.replay(partition(1))
  assert.equal(before.partitions.length, 1)
  assert.equal(before.partitions[0]!.leader, 1)
  assert.equal(settings.get('retention.ms'), '1')
  const after = state.topicsByName.get('a')!
  assert.deepEqual([after.partitions[0]!.leader, after.partitions[0]!.leaderEpoch], [-1, 1])
})

test('a delta tells what was touched since the last', () => {
  const state = replayed(topic, partition(0), metadataRecord('FeatureLevelRecord', 0, { name: 'x', featureLevel: 1 }))
  const created = state.takeDelta()
  assert.deepEqual([...created.changedTopics], [topicId])
  assert.equal(created.featuresChanged, true)
  assert.deepEqual([...state.takeDelta().changedTopics], [])
  state.replay(metadataRecord('RemoveTopicRecord', 0, { topicId }))
  const removed = state.takeDelta()
  assert.deepEqual([...removed.changedTopics], [])
  assert.deepEqual(
    removed.removedTopics.map(each => [each.name, each.partitions.length]),
    [['a', 1]],
  )
})

test('a partition without directories, from an older log, gets the ids that mean "not known"', () => {
  const old = metadataRecord('PartitionRecord', 0, { partitionId: 0, topicId, replicas: [1, 2], isr: [1], leader: 1 })
  const state = replayed(topic, old)
  const { directories } = state.topicsByName.get('a')!.partitions[0]!
  assert.deepEqual(directories, ['AAAAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAAA'])
})

test('a topic may be created with thousands of partitions in one batch, and grow afterwards', () => {
  const state = new MetadataState()
  state.replayBatch([topic, ...Array.from({ length: 5000 }, (_, id) => partition(id))], 5000, 1)
  state.takeDelta()
  const created = state.topicsByName.get('a')!
  const copy = state.copy()
  state.replay(partition(5000))
  copy.replay(partition(5000))
  copy.replay(partition(5001))
  assert.deepEqual(
    [created, state.topicsByName.get('a')!, copy.topicsByName.get('a')!].map(each => each.partitions.length),
    [5000, 5001, 5002],
  )
})
