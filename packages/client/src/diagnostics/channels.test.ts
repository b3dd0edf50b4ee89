import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { errorCodes } from '@dorsale/protocol'
import { createProducer } from '../producer/kafka-producer.ts'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import { fill, open } from '../testing/group-reader.ts'
import type { ClientWorld } from '../world.ts'
import { type ClientChannels, channels } from './channels.ts'

type Name = keyof ClientChannels

/** Runs a body in a world, and answers what was told meanwhile. */
async function listening(
  body: (cluster: FakeCluster, world: ClientWorld, told: { [Key in Name]: ClientChannels[Key][] }) => Promise<void>,
): Promise<void> {
  const names = Object.values(channels).map(({ name }) => name as Name)
  const told = Object.fromEntries(names.map(name => [name, []])) as unknown as { [Key in Name]: ClientChannels[Key][] }
  const listeners = names.map(name => ({
    name,
    listener: (message: unknown) => void (told[name] as unknown[]).push(message),
  }))
  for (const { name, listener } of listeners) subscribe(name, listener)
  try {
    await withCluster({}, (cluster, world) => body(cluster, world, told))
  } finally {
    for (const { name, listener } of listeners) unsubscribe(name, listener)
  }
}

test('batches, requests and connections of a producer are told of', () =>
  listening(async (cluster, world, told) => {
    cluster.createTopic('t', 1)
    let refusals = 1
    cluster.script = ({ name }) =>
      name === 'Produce' && refusals-- > 0 ? { errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER } : undefined
    const producer = createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap, 'client.id': 'c' } })
    await producer.sendAll([1, 2].map(() => ({ topic: 't', value: 'v' })))
    assert.deepEqual(
      told['dorsale:client:produce:batch'].map(({ topic, partition, recordCount, attempt }) => [
        topic,
        partition,
        recordCount,
        attempt,
      ]),
      [
        ['t', 0, 2, 1],
        ['t', 0, 2, 2],
      ],
    )
    const [settled] = told['dorsale:client:produce:settled']
    assert.deepEqual([settled!.recordCount, settled!.baseOffset, settled!.error], [2, 0, undefined])
    assert.ok(settled!.tookMs > 50, 'the pause before the second try counts')
    await producer.close()
    const names = told['dorsale:client:request:sent'].map(({ apiName }) => apiName)
    assert.ok(names.includes('Metadata') && names.includes('InitProducerId'))
    assert.equal(names.filter(name => name === 'Produce').length, 2)
    assert.equal(told['dorsale:client:request:answered'].length, names.length)
    assert.deepEqual(
      told['dorsale:client:connection:open'].map(({ clientId, nodeId }) => [clientId, nodeId]),
      [
        ['c', -1],
        ['c', 1],
      ],
    )
    assert.equal(told['dorsale:client:connection:close'].length, 2)
    assert.equal(told['dorsale:client:connection:close'].at(-1)!.error, undefined)
  }))

test('a connection that breaks is told of with the error, and so are the requests on it', () =>
  listening(async (cluster, world, told) => {
    cluster.createTopic('t', 1)
    let cuts = 1
    cluster.script = ({ name }) => (name === 'Produce' && cuts-- > 0 ? 'cut' : undefined)
    const producer = createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    await producer.send({ topic: 't', value: 'v' })
    const [failed] = told['dorsale:client:request:failed']
    assert.equal(failed!.apiName, 'Produce')
    assert.ok(told['dorsale:client:connection:close'].some(({ error, nodeId }) => nodeId === 1 && error !== undefined))
    await producer.close()
  }))

test('fetches and rebalances of a consumer are told of', () =>
  listening(async (cluster, world, told) => {
    cluster.createTopic('t', 1)
    fill(cluster, 10)
    const consumer = open(cluster, world)
    consumer.subscribe(['t'])
    while ((await consumer.poll({ timeoutMs: 1000 })) === undefined) await sleep(world.clock, 10)
    await consumer.close()
    assert.deepEqual(
      told['dorsale:client:rebalance'].map(({ groupId, what, partitions }) => [groupId, what, partitions]),
      [
        ['g', 'assigned', [{ topic: 't', partition: 0 }]],
        ['g', 'revoked', [{ topic: 't', partition: 0 }]],
      ],
    )
    const brought = told['dorsale:client:fetch'].flatMap(({ partitions }) => partitions)
    assert.deepEqual(
      brought.map(({ topic, partition, recordCount }) => [topic, partition, recordCount]),
      [['t', 0, 10]],
    )
  }))
