import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  BatchCursor,
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
  readRecords,
} from '@dorsale/protocol'
import { configResourceTypes } from './metadata/image.ts'
import { imageRecords } from './metadata/image-records.ts'
import { MetadataState } from './metadata/state.ts'

// What a real Kafka left, captured for the tests of the metadata log; its README says how.
const fixture = new URL('../../raft/fixtures/kafka-4.4.0/', import.meta.url)

interface Batch {
  readonly lastOffset: number
  readonly epoch: number
  readonly values: readonly Uint8Array[]
}

function readBatches(name: string): Batch[] {
  const bytes = readFileSync(new URL(`log/__cluster_metadata-0/${name}`, fixture))
  const cursor = new BatchCursor(bytes)
  const batches: Batch[] = []
  while (cursor.next()) {
    const { header } = cursor
    const values = header.isControl ? [] : [...readRecords(header)].map(record => record.value!)
    batches.push({ lastOffset: header.lastOffset, epoch: header.partitionLeaderEpoch, values })
  }
  assert.equal(cursor.state, 'end')
  return batches
}

function replayed(batches: readonly Batch[]): MetadataState {
  const state = new MetadataState()
  for (const { values, lastOffset, epoch } of batches) {
    state.replayBatch(values.map(decodeMetadataRecord), lastOffset, epoch)
  }
  return state
}

const log = readBatches('00000000000000000000.log')

test("the image after Kafka's log is what Kafka's tools said", () => {
  const state = replayed(log)
  assert.deepEqual(Object.fromEntries(state.features), {
    'metadata.version': 33,
    'eligible.leader.replicas.version': 1,
    'group.version': 1,
    'share.version': 2,
    'streams.version': 1,
    'transaction.version': 2,
  })
  const told = readFileSync(new URL('topics-describe.txt', fixture), 'utf8')
  const [, name, id, count] = /Topic: (\S+)\tTopicId: (\S+)\tPartitionCount: (\d+)/.exec(told)!
  assert.deepEqual([...state.topicsByName.keys()], [name])
  const topic = state.topicsByName.get(name!)!
  assert.equal(topic.id, id)
  assert.equal(state.topicsById.get(id!), topic)
  assert.equal(topic.partitions.length, Number(count))
  for (const partition of topic.partitions) {
    // Kafka has stopped: nobody leads, and the last leader is remembered.
    assert.deepEqual(
      { leader: partition.leader, isr: partition.isr, elr: partition.elr, replicas: partition.replicas },
      { leader: -1, isr: [], elr: [1], replicas: [1] },
    )
  }
  assert.deepEqual(Object.fromEntries(state.configsOf(configResourceTypes.TOPIC, 'alpha')), {
    'retention.ms': '3600000',
    'segment.bytes': '2097152',
  })
  assert.deepEqual(Object.fromEntries(state.configsOf(configResourceTypes.BROKER, '')), {
    'min.insync.replicas': '1',
    'log.cleaner.threads': '2',
  })
  assert.equal(state.nextProducerId, 1000n)
  assert.deepEqual(
    state.clientQuotas.map(({ key, value }) => [key, value]),
    [['producer_byte_rate', 1000]],
  )
  const broker = state.brokers.get(1)!
  assert.deepEqual([broker.fenced, broker.inControlledShutdown], [true, true])
  assert.deepEqual(broker.endpoints, [{ name: 'PLAINTEXT', host: 'localhost', port: 20492, securityProtocol: 0 }])
})

test("the image at each of Kafka's snapshots gives the records that Kafka wrote, byte for byte", () => {
  for (const name of [
    '00000000000000000016-0000000001.checkpoint',
    '00000000000000000025-0000000001.checkpoint',
    '00000000000000000034-0000000001.checkpoint',
    '00000000000000000044-0000000002.checkpoint',
    '00000000000000000059-0000000003.checkpoint',
  ]) {
    const endOffset = Number(name.slice(0, 20))
    const state = replayed(log.filter(batch => batch.lastOffset < endOffset))
    const hex = (record: MetadataRecord): string => Buffer.from(encodeMetadataRecord(inOrder(record))).toString('hex')
    const ours = [...imageRecords(state)].map(hex)
    const theirs = readBatches(name).flatMap(batch => batch.values.map(value => hex(decodeMetadataRecord(value))))
    // Kafka walks hash maps: the order means nothing, but for the level of metadata.version, which comes first.
    assert.equal(ours[0], theirs[0])
    assert.deepEqual(ours.sort(), theirs.sort(), name)
  }
})

/** Registrations with their features by name: Kafka's order is that of a hash map. */
function inOrder(record: MetadataRecord): MetadataRecord {
  if (record.type === 'RegisterBrokerRecord' || record.type === 'RegisterControllerRecord') {
    record.value.features.sort((left, right) => (left.name < right.name ? -1 : 1))
  }
  return record
}

test('an image, its snapshot read back, and its copy are the same', () => {
  const state = replayed(log)
  const records: MetadataRecord[] = [...imageRecords(state)]
  const again = new MetadataState()
  again.replayBatch(records, state.offset, state.epoch)
  assert.deepEqual([...imageRecords(again)], records)
  assert.deepEqual([...imageRecords(state.copy())], records)
})
