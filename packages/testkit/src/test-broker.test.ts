import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { DiskError, DorsaleError, silentLogger } from '@dorsale/base'
import { createProducer } from '@dorsale/client'
import { realWorld } from './real-world.ts'
import { startTestBroker } from './test-broker.ts'

describe('a test broker', () => {
  test('takes records and gives them back, as text and as bytes', async () => {
    await using broker = await startTestBroker({ topics: ['orders', { name: 'wide', numPartitions: 3 }] })
    const acknowledged = await broker.produce('orders', [
      'plain',
      Buffer.from([0xff]),
      { key: 'k', value: '{"a":1}', headers: { trace: '7', none: null }, timestamp: 1000 },
      { key: 'gone', value: null },
    ])
    assert.deepEqual(
      acknowledged.map(({ offset }) => offset),
      [0, 1, 2, 3],
    )
    const records = await broker.records('orders')
    assert.deepEqual(
      records.map(({ offset, key, value }) => [offset, key, value]),
      [
        [0, null, 'plain'],
        [1, null, '\ufffd'],
        [2, 'k', '{"a":1}'],
        [3, 'gone', null],
      ],
    )
    assert.deepEqual(records[1]?.valueBytes, Uint8Array.of(0xff))
    assert.deepEqual(records[2]?.json(), { a: 1 })
    assert.deepEqual({ ...records[2]?.headers }, { trace: '7', none: null })
    assert.equal(records[2]?.timestamp, 1000)
    const [wide] = await broker.admin.describeTopics(['wide'])
    assert.equal(wide?.partitions.length, 3)
    assert.deepEqual(await broker.records('wide'), [])
  })

  test('waits for the records that are asked for, and says how many came', async () => {
    await using broker = await startTestBroker({ topics: [{ name: 't', numPartitions: 2 }] })
    const waiting = broker.records('t', { count: 3 })
    await broker.produce('t', [{ partition: 0, value: 'a' }])
    await broker.produce('t', [
      { partition: 1, value: 'b' },
      { partition: 1, value: 'c' },
    ])
    assert.deepEqual((await waiting).map(({ value }) => value).sort(), ['a', 'b', 'c'])
    await assert.rejects(broker.records('t', { count: 4, timeoutMs: 50 }), (error: unknown) => {
      assert.ok(error instanceof DorsaleError)
      assert.equal(error.code, 'DORSALE_TIMEOUT')
      assert.match(error.message, /^4 records of t were not read within 50 ms: 3 came$/)
      return true
    })
  })

  test('takes server properties, and refuses wrong ones in a sentence', async () => {
    await using broker = await startTestBroker({ settings: { 'num.partitions': 4 }, topics: ['t'] })
    const [topic] = await broker.admin.describeTopics(['t'])
    assert.equal(topic?.partitions.length, 4)
    await assert.rejects(
      startTestBroker({ settings: { 'num.partitons': 4 } }),
      (error: unknown) => error instanceof DorsaleError && /num\.partitions/.test(error.message),
    )
  })

  for (const storage of ['memory', 'disk'] as const) {
    test(`${storage}: what was acknowledged outlives a SIGKILL and a restart, on the same port`, async () => {
      await using broker = await startTestBroker({ storage, topics: ['t'] })
      const { bootstrapServers } = broker
      await broker.produce('t', ['before'])
      await broker.kill()
      assert.equal(broker.isRunning, false)
      await broker.start()
      await broker.produce('t', ['between'])
      await broker.restart()
      await broker.produce('t', ['after'])
      assert.equal(broker.bootstrapServers, bootstrapServers)
      assert.deepEqual(
        (await broker.records('t')).map(({ value, offset }) => [offset, value]),
        [
          [0, 'before'],
          [1, 'between'],
          [2, 'after'],
        ],
      )
    })
  }

  test('a producer of the application goes through a SIGKILL in the middle of its work', async () => {
    await using broker = await startTestBroker({ topics: ['t'] })
    const { bootstrapServers } = broker
    const world = {
      ...realWorld(),
      logger: { debug() {}, info() {}, warn() {}, error() {}, child: () => world.logger },
    }
    const producer = createProducer({ world, settings: { 'bootstrap.servers': bootstrapServers } })
    const deliveries: PromiseLike<unknown>[] = []
    for (let index = 0; index < 200; index++) {
      deliveries.push(producer.send({ topic: 't', value: `${index}` }))
      if (index === 100) {
        await deliveries[0]
        await broker.kill()
        await broker.start()
      }
    }
    await Promise.all(deliveries)
    await producer.close()
    const values = (await broker.records('t')).map(({ value }) => value)
    assert.deepEqual(
      values,
      Array.from({ length: 200 }, (_, index) => `${index}`),
    )
  })

  test('a full disk refuses records, and what was there can be read', async () => {
    await using broker = await startTestBroker({ topics: ['t'] })
    await broker.produce('t', ['kept'])
    const { memory } = broker
    assert.ok(memory)
    memory.capacity = memory.usedBytes
    const producer = createProducer({
      world: { ...realWorld(), logger: silentLogger },
      settings: {
        'bootstrap.servers': broker.bootstrapServers,
        'delivery.timeout.ms': 300,
        'request.timeout.ms': 200,
        'linger.ms': 0,
      },
    })
    await assert.rejects(Promise.resolve(producer.send({ topic: 't', value: 'refused' })))
    await producer.close()
    await broker.kill()
    memory.capacity = Number.POSITIVE_INFINITY
    await broker.start()
    assert.deepEqual(
      (await broker.records('t')).map(({ value }) => value),
      ['kept'],
    )
  })

  test('a broker whose metadata cannot be written dies of it, and says so', async () => {
    await using broker = await startTestBroker({ topics: ['t'] })
    const { memory } = broker
    assert.ok(memory)
    memory.onCall = (call, path) => {
      if (call === 'write' && path.includes('__cluster_metadata')) throw new DiskError('EIO', call, path)
    }
    // The client goes on asking until it is closed.
    const refused = assert.rejects(broker.admin.createTopics([{ name: 'never' }]))
    const endMs = performance.now() + 10_000
    while (broker.isRunning && performance.now() < endMs) await turn()
    assert.match(broker.fatalError?.message ?? '', /the metadata log failed/)
    await broker.stop()
    await refused
  })
})

test('listeners may ask who clients are, and stay where they are when the broker is started again', async () => {
  const jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required'
  await using broker = await startTestBroker({
    topics: ['secrets'],
    settings: {
      listeners: 'SASL://127.0.0.1:0,PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:9093',
      'listener.security.protocol.map': 'SASL:SASL_PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.sasl.plain.sasl.jaas.config': `${jaas} user_alice="secret";`,
    },
    clientSettings: {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': `${jaas} username="alice" password="secret";`,
    },
  })
  await broker.produce('secrets', ['one'])
  const { listeners } = broker
  assert.deepEqual(
    listeners.map(({ name }) => name),
    ['SASL', 'PLAINTEXT'],
  )
  broker.kill()
  await broker.start()
  assert.deepEqual(broker.listeners, listeners)
  const [record] = await broker.records('secrets', { count: 1 })
  assert.equal(record?.value, 'one')
})

test('a hundred brokers one after another leave nothing: no memory, descriptor, timer, thread or file', async () => {
  // Node offers its collector to those who ask by flag, and a flag can be set at any time.
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const descriptors = () => readdirSync('/proc/self/fd').length
  // Other tests of this process may let go of theirs meanwhile.
  const resources = () => process.getActiveResourcesInfo().length
  using place = ownTemporaryDirectory()
  const listeners = process.listenerCount('exit')

  const one = async (index: number) => {
    await using broker = await startTestBroker({ storage: index % 10 === 0 ? 'disk' : 'memory', topics: ['t'] })
    await broker.produce('t', [`${index}`])
    if (index % 3 === 0) await broker.kill()
    if (index % 6 === 0) await broker.start()
  }
  // The first ones compile codecs and fill pools.
  for (let index = 0; index < 20; index++) await one(index)
  await settled()
  collect()
  const before = {
    heap: process.memoryUsage().heapUsed,
    descriptors: descriptors(),
    resources: resources(),
  }
  for (let index = 20; index < 100; index++) await one(index)
  await settled()
  collect()
  assert.ok(descriptors() <= before.descriptors, `${descriptors()} descriptors, before ${before.descriptors}`)
  assert.ok(resources() <= before.resources, process.getActiveResourcesInfo().join())
  assert.deepEqual(readdirSync(place.path), [])
  assert.equal(process.listenerCount('exit'), listeners)
  const grownBytes = process.memoryUsage().heapUsed - before.heap
  // One broker holds more than a megabyte.
  assert.ok(grownBytes < 8_000_000, `the heap has grown by ${grownBytes} bytes over 80 brokers`)
})

/** Other processes make directories in the machine's own. */
function ownTemporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'dorsale-testkit-'))
  const { TMPDIR } = process.env
  process.env.TMPDIR = path
  return {
    path,
    [Symbol.dispose]() {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
      rmSync(path, { recursive: true })
    },
  }
}

/** Sockets that were destroyed are closed by the event loop, some turns later. */
async function settled(): Promise<void> {
  for (let count = 0; count < 20; count++) await turn()
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

test('the temporary directory is there while the broker is', async () => {
  using place = ownTemporaryDirectory()
  const broker = await startTestBroker({ storage: 'disk' })
  const [made] = readdirSync(place.path)
  assert.ok(made?.startsWith('dorsale-test-') && existsSync(join(place.path, made, 'log/meta.properties')))
  await broker.stop()
  assert.deepEqual(readdirSync(place.path), [])
  await assert.rejects(
    broker.start(),
    (error: unknown) => error instanceof DorsaleError && error.code === 'DORSALE_CLOSED',
  )
})
