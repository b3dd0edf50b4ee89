/**
 * Settings that a broker honours, each through what a client sees of it. Those of the log itself are held by the tests of `@dorsale/storage`, those
 * of the metadata log by the tests of `@dorsale/raft`.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  BatchCursor,
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
  errorCodes,
  fetchRequest,
  fetchResponse,
  metadataRequest,
  metadataResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { batchOf } from './testing/batches.ts'
import { BrokerWorld, RawClient, type TestClient } from './testing/broker-world.ts'

/** Runs a test against a broker with these settings over those of a single node. */
function withSettings(
  settings: Readonly<Record<string, string>>,
  run: (world: BrokerWorld, client: TestClient) => Promise<void>,
): void {
  test(`${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')}`, async () => {
    const world = new BrokerWorld(settings)
    try {
      await world.start()
      await run(world, world.client())
    } finally {
      await world.stop()
    }
  })
}

function metadata(client: TestClient, topic: string) {
  return client.call(metadataRequest, metadataResponse, 9, { topics: [{ name: topic }], allowAutoTopicCreation: true })
}

async function produce(client: TestClient, topic: string, records: Uint8Array) {
  const { responses } = await client.call(produceRequest, produceResponse, 9, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
  })
  return responses[0]!.partitionResponses[0]!
}

/** Everything in partition 0, as far as the broker lets it through in one response. */
function fetch(client: TestClient, topic: string, options: { maxBytes?: number } = {}) {
  const { maxBytes = 1e8 } = options
  return client.call(fetchRequest, fetchResponse, 12, {
    maxBytes,
    sessionEpoch: 0,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: maxBytes }] }],
  })
}

/** The code of creating a topic with the broker's own numbers of partitions and replicas. */
async function createByDefault(client: TestClient, name: string) {
  const { topics } = await client.call(createTopicsRequest, createTopicsResponse, 5, {
    topics: [{ name, numPartitions: -1, replicationFactor: -1 }],
    timeoutMs: 1000,
  })
  return topics[0]!
}

function headersOf(records: Uint8Array | null) {
  const cursor = new BatchCursor(records ?? new Uint8Array(0))
  const sizes: number[] = []
  while (cursor.next()) sizes.push(cursor.header.recordCount)
  return sizes
}

withSettings({ 'node.id': '7', 'broker.rack': 'r1', 'num.partitions': '3' }, async (_, client) => {
  const { brokers, topics } = await metadata(client, 'asked-for')
  assert.deepEqual(
    brokers.map(({ nodeId, rack }) => [nodeId, rack]),
    [[7, 'r1']],
  )
  assert.equal(topics[0]!.partitions.length, 3)
  assert.equal((await createByDefault(client, 'by-default')).numPartitions, 3)
})

withSettings({ 'auto.create.topics.enable': 'false' }, async (_, client) => {
  const { topics } = await metadata(client, 'asked-for')
  assert.equal(topics[0]!.errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
})

withSettings({ 'default.replication.factor': '2' }, async (_, client) => {
  assert.equal((await createByDefault(client, 'two')).errorCode, errorCodes.INVALID_REPLICATION_FACTOR)
})

withSettings({ 'delete.topic.enable': 'false' }, async (world, client) => {
  await world.createTopic('stays')
  const { responses } = await client.call(deleteTopicsRequest, deleteTopicsResponse, 5, {
    topicNames: ['stays'],
    timeoutMs: 1000,
  })
  assert.equal(responses[0]!.errorCode, errorCodes.TOPIC_DELETION_DISABLED)
})

withSettings({ 'message.max.bytes': '1000' }, async (world, client) => {
  await world.createTopic('small')
  await world.createTopic('larger', { configs: { 'max.message.bytes': '3000' } })
  const large = batchOf(['x'.repeat(2000)])
  assert.equal((await produce(client, 'small', large)).errorCode, errorCodes.MESSAGE_TOO_LARGE)
  assert.equal((await produce(client, 'larger', large)).errorCode, errorCodes.NONE)
})

withSettings({ 'max.decompressed.message.bytes': '1000' }, async (world, client) => {
  await world.createTopic('opened')
  await world.createTopic('wide', { configs: { 'max.decompressed.message.bytes': '3000' } })
  const packed = batchOf(['x'.repeat(2000)], { codec: 'gzip' })
  assert.equal((await produce(client, 'opened', packed)).errorCode, errorCodes.INVALID_RECORD)
  assert.equal((await produce(client, 'wide', packed)).errorCode, errorCodes.NONE)
})

withSettings({ 'log.message.timestamp.type': 'LogAppendTime' }, async (world, client) => {
  await world.createTopic('stamped')
  await world.createTopic('as-sent', { configs: { 'message.timestamp.type': 'CreateTime' } })
  assert.ok((await produce(client, 'stamped', batchOf(['a']))).logAppendTimeMs > 0)
  assert.equal((await produce(client, 'as-sent', batchOf(['a']))).logAppendTimeMs, -1)
})

withSettings(
  { 'log.message.timestamp.before.max.ms': '60000', 'log.message.timestamp.after.max.ms': '60000' },
  async (world, client) => {
    await world.createTopic('punctual')
    await world.createTopic('lenient', {
      configs: {
        'message.timestamp.before.max.ms': '9000000000000',
        'message.timestamp.after.max.ms': '9000000000000',
      },
    })
    const hours = 3_600_000
    for (const [timestamp, errorCode] of [
      [Date.now() - hours, errorCodes.INVALID_TIMESTAMP],
      [Date.now(), errorCodes.NONE],
      [Date.now() + hours, errorCodes.INVALID_TIMESTAMP],
    ] as const) {
      assert.equal((await produce(client, 'punctual', batchOf(['a'], { timestamp }))).errorCode, errorCode)
      assert.equal((await produce(client, 'lenient', batchOf(['a'], { timestamp }))).errorCode, errorCodes.NONE)
    }
  },
)

withSettings({ 'compression.type': 'gzip', 'compression.gzip.level': '9' }, async (world, client) => {
  await world.createTopic('packed')
  await world.createTopic('as-sent', { configs: { 'compression.type': 'producer' } })
  const batch = batchOf(['x'.repeat(2000)])
  await produce(client, 'packed', batch)
  await produce(client, 'as-sent', batchOf(['x'.repeat(2000)]))
  const size = async (topic: string) => (await fetch(client, topic)).responses[0]!.partitions[0]!.records!.length
  assert.ok((await size('packed')) < 200)
  assert.ok((await size('as-sent')) > 2000)
})

withSettings({ 'log.cleanup.policy': 'compact' }, async (world, client) => {
  await world.createTopic('keyed')
  await world.createTopic('keyless', { configs: { 'cleanup.policy': 'delete' } })
  assert.equal((await produce(client, 'keyed', batchOf(['no key']))).errorCode, errorCodes.INVALID_RECORD)
  assert.equal((await produce(client, 'keyless', batchOf(['no key']))).errorCode, errorCodes.NONE)
})

withSettings({ 'fetch.max.bytes': '1024' }, async (world, client) => {
  await world.createTopic('read')
  for (let index = 0; index < 4; index++) await produce(client, 'read', batchOf(['x'.repeat(400)]))
  const { responses } = await fetch(client, 'read')
  assert.equal(headersOf(responses[0]!.partitions[0]!.records).length, 2)
})

withSettings({ 'max.incremental.fetch.session.cache.slots': '0' }, async (world, client) => {
  await world.createTopic('read')
  assert.equal((await fetch(client, 'read')).sessionId, 0)
})

withSettings({ 'max.request.partition.size.limit': '2' }, async (world, client) => {
  await world.createTopic('wide', { partitions: 3 })
  const request = { topics: [{ name: 'wide' }], responsePartitionLimit: 100 }
  const page = await client.call(describeTopicPartitionsRequest, describeTopicPartitionsResponse, 0, request)
  assert.equal(page.topics[0]!.partitions.length, 2)
  assert.deepEqual(page.nextCursor?.partitionIndex, 2)
})

withSettings({ 'socket.request.max.bytes': '2000' }, async world => {
  const raw = new RawClient(world.port)
  raw.socket.write(Buffer.from([0, 0, 0x07, 0xd1, 0]))
  await raw.closed
})

withSettings({ 'max.connections': '1' }, async (world, client) => {
  await metadata(client, 'first')
  await new RawClient(world.port).closed
})

withSettings({ 'max.connections.per.ip': '1' }, async (world, client) => {
  await metadata(client, 'first')
  await new RawClient(world.port).closed
})

withSettings({ 'max.connections.per.ip.overrides': '127.0.0.1:1' }, async (world, client) => {
  await metadata(client, 'first')
  await new RawClient(world.port).closed
})

withSettings({ 'connections.max.idle.ms': '101' }, async world => {
  await new RawClient(world.port).closed
})

withSettings({ 'connections.max.idle.ms': '-1' }, async (world, client) => {
  await metadata(client, 'patient')
  const raw = new RawClient(world.port)
  // The other connection has been told much since; this one would have been closed first.
  for (let round = 0; round < 20; round++) await metadata(client, `patient-${round}`)
  assert.equal(raw.socket.destroyed, false)
  raw.socket.destroy()
})

withSettings(
  {
    listeners: 'OUT://127.0.0.1:0,LAN://127.0.0.1:0,CONTROLLER://127.0.0.1:9093',
    'listener.security.protocol.map': 'OUT:PLAINTEXT,LAN:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'LAN',
    'advertised.listeners': 'OUT://broker.example:19092,LAN://127.0.0.1:0',
  },
  async (world, client) => {
    const { brokers } = await metadata(client, 'through-out')
    assert.deepEqual(
      brokers.map(({ host, port }) => [host, port]),
      [['broker.example', 19092]],
    )
    assert.deepEqual(
      world.broker.listeners.map(({ name }) => name),
      ['OUT', 'LAN'],
    )
  },
)

test('log.dirs and metadata.log.dir: partitions spread, the metadata log has its own place', async () => {
  const world = new BrokerWorld(directory => ({
    'log.dirs': `${directory}/a,${directory}/b`,
    'metadata.log.dir': `${directory}/m`,
  }))
  try {
    await world.start()
    await world.createTopic('spread', { partitions: 4 })
    const counts = ['a', 'b'].map(
      name => readdirSync(join(world.directory, name)).filter(file => file.startsWith('spread-')).length,
    )
    assert.deepEqual(counts, [2, 2])
    assert.ok(existsSync(join(world.directory, 'm', '__cluster_metadata-0')))
  } finally {
    await world.stop()
  }
})
