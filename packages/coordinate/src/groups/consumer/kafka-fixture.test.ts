import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { GroupWorld } from '../../testing/group-world.ts'
import { type GroupRecord, groupRecordSerde } from '../group-records.ts'
import { TopicHashes } from '../modern/topic-hashes.ts'

const { records }: { records: { key: string; value: string | null }[] } = JSON.parse(
  readFileSync(new URL('../../../vectors/consumer-groups-topic.json', import.meta.url), 'utf8'),
)
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const decoded = records.map(
  ({ key, value }) => groupRecordSerde.decode(bytes(key), value === null ? null : bytes(value)) as GroupRecord,
)

/** The topics that Kafka's groups read, with the ids that they had there. */
function kafkasTopics(world: GroupWorld): void {
  const regex = decoded.find(record => record.type === 'ConsumerGroupRegularExpression')
  assert.deepEqual(regex?.value?.topics, ['orders'])
  const targets = decoded.flatMap(record => {
    return record.type === 'ConsumerGroupTargetAssignmentMember' ? [record] : []
  })
  const idOf = (groupId: string) => {
    const target = targets.find(({ key, value }) => key.groupId === groupId && value?.topicPartitions.length === 1)
    return target?.value?.topicPartitions[0]?.topicId as string
  }
  world.createTopic('orders', 6, idOf('static'))
  world.createTopic('items', 2, idOf('gone'))
}

test("Kafka's records of consumer groups are read, and written again to the byte", () => {
  for (const [index, record] of decoded.entries()) {
    const { key, value } = groupRecordSerde.encode(record)
    const hex = { key: Buffer.from(key).toString('hex'), value: value && Buffer.from(value).toString('hex') }
    assert.deepEqual(hex, records[index])
  }
  assert.equal(records.length, 65)
})

test('groups that Kafka left are what they were there, as its own description told', () => {
  const world = new GroupWorld()
  kafkasTopics(world)
  world.load(records.map(({ key, value }) => ({ key: bytes(key), value: value === null ? null : bytes(value) })))
  const told = ['plain', 'pattern', 'static', 'mixed', 'gone'].map(groupId => {
    const group = world.shard.describeConsumerGroup(groupId)
    const members = [...group.members].sort((a, b) => (a.clientId < b.clientId ? -1 : 1))
    return [
      `${groupId} ${group.groupState} ${group.groupEpoch}/${group.assignmentEpoch} ${group.assignorName}`,
      ...members.map(({ clientId, instanceId, memberEpoch, memberType, assignment }) => {
        const partitions = assignment.topicPartitions.map(topic => `${topic.topicName} ${topic.partitions}`).sort()
        return `${clientId} ${instanceId} ${memberEpoch} ${memberType} ${partitions.join(' ')}`
      }),
    ]
  })
  assert.deepEqual(told, [
    ['plain Stable 3/3 range', 'p1 null 3 1 items 0 orders 0,1,2', 'p2 null 3 1 items 1 orders 3,4,5'],
    ['pattern Stable 2/2 uniform', 'r1 null 2 1 orders 0,1,2,3,4,5'],
    ['static Reconciling 3/3 uniform', 's1 i1 3 1 orders 0,1,2', 's2 i2 -2 1 orders 3,4,5'],
    ['mixed Stable 2/2 uniform', 'k1 null 2 0 orders 0,1,2', 'n1 null 2 1 orders 3,4,5'],
    ['gone Empty 3/3 uniform'],
  ])
})

test('the hash of the topics is the one that Kafka wrote down', () => {
  const world = new GroupWorld()
  kafkasTopics(world)
  const hashes = new TopicHashes(world.metadata)
  const written = (groupId: string) =>
    decoded.flatMap(record =>
      record.type === 'ConsumerGroupMetadata' && record.key.groupId === groupId ? [record.value?.metadataHash] : [],
    )
  assert.equal(hashes.groupHash(['orders', 'items', 'not there']), written('plain').at(-1))
  assert.equal(hashes.groupHash(['orders']), written('pattern').at(-1))
  assert.equal(hashes.groupHash([]), written('gone').at(-1))
})
