import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { errorCodes } from '@dorsale/protocol'
import { GroupWorld } from '../../testing/group-world.ts'
import { type GroupRecord, groupRecordSerde } from '../group-records.ts'
import { TopicHashes } from '../modern/topic-hashes.ts'

const { records }: { records: { key: string; value: string | null }[] } = JSON.parse(
  readFileSync(new URL('../../../vectors/share-groups-topic.json', import.meta.url), 'utf8'),
)
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const raw = records.map(({ key, value }) => ({ key: bytes(key), value: value === null ? null : bytes(value) }))
const decoded = raw.map(({ key, value }) => groupRecordSerde.decode(key, value) as GroupRecord)

test("Kafka's records of share groups are read, and written again to the byte", () => {
  for (const [index, record] of decoded.entries()) {
    const { key, value } = groupRecordSerde.encode(record)
    const hex = { key: Buffer.from(key).toString('hex'), value: value && Buffer.from(value).toString('hex') }
    assert.deepEqual(hex, records[index])
  }
  assert.ok(records.length >= 50)
})

test('a share group that Kafka left with three members, and what it kept of it', () => {
  const world = new GroupWorld()
  const state = decoded.find(record => record.type === 'ShareGroupStatePartitionMetadata')
  const topicId = state?.value?.initializingTopics[0]?.topicId as string
  world.createTopic('shared', 2, topicId)
  const written = decoded.flatMap(record =>
    record.type === 'ShareGroupMetadata' && record.value !== null ? [record.value.metadataHash] : [],
  )
  assert.ok(written.includes(new TopicHashes(world.metadata).groupHash(['shared'])), 'of two partitions')
  // Up to where the first member leaves.
  const leaves = decoded.findIndex(record => record.type === 'ShareGroupMemberMetadata' && record.value === null)
  world.load(raw.slice(0, leaves - 2))
  const { groupState, groupEpoch, assignmentEpoch, members } = world.shard.describeShareGroup('sg')
  assert.deepEqual([groupState, groupEpoch, assignmentEpoch], ['Stable', 5, 5])
  assert.deepEqual(members.map(({ clientId, memberEpoch }) => `${clientId} ${memberEpoch}`).sort(), [
    'c1 5',
    'c2 5',
    'c3 5',
  ])
  assert.deepEqual(world.shard.sharePartitions('sg'), [
    { topicId, partition: 0 },
    { topicId, partition: 1 },
  ])
})

test('one that Kafka deleted is gone', () => {
  const world = new GroupWorld()
  world.load(raw)
  assert.equal(world.shard.describeShareGroup('sg').errorCode, errorCodes.GROUP_ID_NOT_FOUND)
})
