import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import { type Disk, DiskError, type DiskFile } from '@dorsale/base'
import { nodeDisk } from '@dorsale/base/node'
import {
  errorCodes,
  fetchRequest,
  fetchResponse,
  metadataRequest,
  metadataResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { batchOf, recordsOf } from './testing/batches.ts'
import { BrokerWorld } from './testing/broker-world.ts'

async function produce(
  world: BrokerWorld,
  topic: string,
  values: string[],
): Promise<{ errorCode: number; baseOffset: number }> {
  const client = world.client()
  const { responses } = await client.call(produceRequest, produceResponse, 12, {
    acks: -1,
    topicData: [{ name: topic, partitionData: [{ index: 0, records: batchOf(values) }] }],
  })
  client.close()
  return responses[0]!.partitionResponses[0]!
}

async function contents(world: BrokerWorld, topic: string): Promise<string[]> {
  const { responses } = await world.client().call(fetchRequest, fetchResponse, 12, {
    maxBytes: 1e6,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }],
  })
  return recordsOf(responses[0]!.partitions[0]!.records)
}

describe('a broker starts and stops', { timeout: 60_000 }, () => {
  test('what was acknowledged is there after a restart, under a higher leader epoch', async t => {
    const world = new BrokerWorld()
    t.after(() => world.stop())
    await world.start()
    const { clusterId } = world.broker
    await world.createTopic('kept')
    await produce(world, 'kept', ['a', 'b'])
    await world.restart()
    assert.equal(world.broker.clusterId, clusterId)
    assert.deepEqual(await contents(world, 'kept'), ['0: a', '1: b'])
    assert.equal((await produce(world, 'kept', ['c'])).baseOffset, 2)
    const { topics } = await world.client().call(metadataRequest, metadataResponse, 12, { topics: [{ name: 'kept' }] })
    assert.ok(topics[0]!.partitions[0]!.leaderEpoch > 0)
    assert.deepEqual(world.lines, [])
  })

  test('topics keep their own settings over a restart', async t => {
    const world = new BrokerWorld()
    t.after(() => world.stop())
    await world.start()
    await world.createTopic('small', { configs: { 'segment.bytes': '1048576', 'max.message.bytes': '2000000' } })
    await world.restart()
    for (let i = 0; i < 3; i++) {
      assert.equal((await produce(world, 'small', ['x'.repeat(700_000)])).errorCode, errorCodes.NONE)
    }
    const segments = readdirSync(`${world.directory}/log/small-0`).filter(name => name.endsWith('.log'))
    assert.equal(segments.length, 3)
  })

  test('with several directories the controller learns where each replica lies', async t => {
    const world = new BrokerWorld(directory => ({ 'log.dirs': `${directory}/one,${directory}/two` }))
    t.after(() => world.stop())
    await world.start()
    await world.createTopic('spread', { partitions: 4 })
    await world.restart()
    for (const name of ['one', 'two']) {
      const partitions = readdirSync(`${world.directory}/${name}`).filter(each => each.startsWith('spread-'))
      assert.equal(partitions.length, 2)
    }
    assert.deepEqual(world.lines, [])
    const { topics } = await world
      .client()
      .call(metadataRequest, metadataResponse, 12, { topics: [{ name: 'spread' }] })
    assert.deepEqual(
      topics[0]!.partitions.map(partition => partition.leaderId),
      [1, 1, 1, 1],
    )
  })

  test('a directory in use, a port in use: one sentence, and nothing is left open', async t => {
    const world = new BrokerWorld()
    t.after(() => world.stop())
    await world.start()
    await assert.rejects(new BrokerWorld({ 'log.dirs': `${world.directory}/log` }).start(), /in use by another process/)
    const busy = new BrokerWorld({ listeners: `PLAINTEXT://127.0.0.1:${world.port},CONTROLLER://127.0.0.1:19093` })
    await assert.rejects(busy.start(), /EADDRINUSE/)
    // The refused one has let go of its own directory.
    const second = new BrokerWorld({ 'log.dirs': `${busy.directory}/log` })
    await second.start()
    await second.stop()
    await busy.stop()
  })

  test('a stop answers the long polls that wait', async t => {
    const world = new BrokerWorld()
    t.after(() => world.stop())
    await world.start()
    await world.createTopic('quiet')
    const polled = world.client().call(fetchRequest, fetchResponse, 12, {
      maxBytes: 1e6,
      maxWaitMs: 60_000,
      minBytes: 1,
      topics: [{ topic: 'quiet', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }],
    })
    // Behind it on the event loop: the fetch has arrived when this answer has.
    await produce(world, 'quiet', []).catch(() => {})
    const started = performance.now()
    const stopped = world.broker.stop()
    // The broker has handed over its leadership, to nobody, and says so.
    assert.equal((await polled).responses[0]!.partitions[0]!.errorCode, errorCodes.NOT_LEADER_OR_FOLLOWER)
    await stopped
    assert.ok(performance.now() - started < 4000)
  })

  test('a disk that fails: KAFKA_STORAGE_ERROR, and with the last directory the end', async t => {
    const faults = { logWrites: false }
    const world = new BrokerWorld({}, { disk: failingDisk(faults) })
    t.after(() => world.stop())
    await world.start()
    await world.createTopic('doomed')
    assert.equal((await produce(world, 'doomed', ['a'])).errorCode, errorCodes.NONE)
    const fatal = new Promise<Error>(resolve => world.broker.onFatal(resolve))
    faults.logWrites = true
    assert.equal((await produce(world, 'doomed', ['b'])).errorCode, errorCodes.KAFKA_STORAGE_ERROR)
    assert.ok((await fatal) instanceof Error)
  })
})

/** The real disk, whose writes to segments fail when told. */
function failingDisk(faults: { logWrites: boolean }): Disk {
  const guard = (file: DiskFile): DiskFile =>
    new Proxy(file, {
      get(target, name) {
        const isWrite = name === 'writeSync' || name === 'write'
        if (
          isWrite &&
          faults.logWrites &&
          target.path.endsWith('.log') &&
          !target.path.includes('__cluster_metadata')
        ) {
          return () => {
            throw new DiskError('EIO', 'write', target.path)
          }
        }
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  return new Proxy(nodeDisk, {
    get(target, name) {
      if (name === 'openSync') return (...args: Parameters<Disk['openSync']>) => guard(target.openSync(...args))
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
