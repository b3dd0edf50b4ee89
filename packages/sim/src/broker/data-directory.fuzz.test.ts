/**
 * A data directory that a broker left, with one or two of its files damaged or torn: logs, indexes, snapshots of producers and of the metadata, checkpoints,
 * epochs, `quorum-state`, `meta.properties`. The next broker starts, or says in a sentence why not; what it then serves it answers, and nothing that
 * it meets is a bug. `DORSALE_FUZZ_ROUNDS` and `DORSALE_FUZZ_SEED` make the search longer or another one.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { damageBytes, tearBytes } from '@dorsale/base/testing'
import {
  buildBatch,
  fetchRequest,
  fetchResponse,
  metadataRequest,
  metadataResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import type { HistoryEvent } from '../history/history.ts'
import type { Host } from '../world/process.ts'
import type { Volume } from '../world/volume.ts'
import { World } from '../world/world.ts'
import { createTopic } from './admin.ts'
import { brokerConfig, runBroker } from './broker-main.ts'
import { brokerMachine, Driver, type TopicHandle } from './driver.ts'
import { earliest, listOffset } from './lookups.ts'
import { Producer } from './producer.ts'

const rounds = Number(process.env.DORSALE_FUZZ_ROUNDS ?? 1) * 60
const seed = Number(process.env.DORSALE_FUZZ_SEED ?? 1)
const topic = 'records'
const partitionCount = 2
const config = brokerConfig({ 'metadata.log.max.record.bytes.between.snapshots': '500' })

test('a broker that finds damaged files starts or says why not, and has no bug', async () => {
  const volumes = [await usedVolume('terminate'), await usedVolume('kill')]
  let served = 0
  for (let round = 0; round < rounds; round++) {
    const prng = seededPrng(seed, `round ${round}`)
    const volume = (volumes[round % 2] as Volume).copy()
    const what = Array.from({ length: 1 + randomBelow(prng, 2) }, () => damageFile(volume, prng)).join(', ')
    try {
      if (await startsOn(volume, round)) served++
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}: ${what}: ${(error as Error).message}`, { cause: error })
    }
  }
  assert.ok(served > rounds / 3, `only ${served} of ${rounds} brokers came to serve`)
})

/** What a broker leaves that has served for a while, over three lives. */
async function usedVolume(end: 'terminate' | 'kill'): Promise<Volume> {
  const world = new World({ seed: 1 })
  const machine = world.machine(brokerMachine)
  const history: HistoryEvent[] = []
  let service = machine.keepRunning('broker', host => runBroker(host, config))
  const configs = { 'internal.segment.bytes': '2000', 'index.interval.bytes': '100' }
  await withClient(world, host => createTopic(world, host, { name: topic, partitionCount, configs }))
  for (let life = 0; life < 3; life++) {
    const plan = {
      name: `producer-${life}`,
      topic,
      acks: -1 as const,
      idempotent: true,
      batches: 20,
      recordsPerBatchMax: 3,
      valueBytesMax: 300,
      codec: undefined,
      everyMs: 5,
      timestampSpreadMs: 1000,
      watchesTopic: false,
      keyCount: 0,
    }
    const producer = new Producer(world, plan, history)
    await withClient(world, host => producer.run(host))
    service.stop()
    for (const process of machine.processes) end === 'kill' ? process.kill() : process.terminate()
    await world.runUntil('the broker has ended', () => machine.processes.size === 0, { withinMs: 10_000 })
    if (life < 2) service = machine.keepRunning('broker', host => runBroker(host, config))
  }
  return machine.volume
}

/** Damages one file, and says which. */
function damageFile(volume: Volume, prng: Prng): string {
  const files = [...volume.files()]
  const [path, file] = files[randomBelow(prng, files.length)] as (typeof files)[number]
  const content = file.content.slice()
  const damaged = randomBelow(prng, 2) === 0 ? damageBytes(content, prng) : tearBytes(content, prng)
  file.truncate(0)
  file.write(damaged, 0)
  file.truncate(damaged.length)
  return path
}

/** True if the broker came to serve. */
async function startsOn(volume: Volume, round: number): Promise<boolean> {
  const world = new World({ seed: round })
  const machine = world.machine(brokerMachine, { volume })
  let isReady = false
  const process = machine.spawn('broker', async host => {
    await runBroker(host, config)
    isReady = true
  })
  await world.runUntil('it is ready, or has given up', () => isReady || !process.alive, { withinMs: 60_000 })
  if (!process.alive) return false
  await withClient(world, host => askEverything(host))
  return true
}

/** Reads, looks up and writes in every partition; each answer will do, as long as there is one. */
async function askEverything(host: Host): Promise<void> {
  const driver = new Driver(host, 'fuzz')
  await driver.call(metadataRequest, metadataResponse, { topics: null }, { version: 9 })
  const found = await driver.topic(topic)
  for (let partition = 0; found !== undefined && partition < found.partitionCount; partition++) {
    for (const time of [earliest, -1, 0, host.clock.now() - 100]) await listOffset(driver, found, partition, time)
    await fetchAll(driver, found, partition)
    const records = buildBatch([{ timestamp: 1, key: null, value: Buffer.from('x') }])
    const topicData = [{ name: topic, topicId: found.id, partitionData: [{ index: partition, records }] }]
    await driver.call(produceRequest, produceResponse, { acks: -1, timeoutMs: 1000, topicData }, { version: 9 })
  }
  driver.close()
}

async function fetchAll(driver: Driver, { name, id }: TopicHandle, partition: number): Promise<void> {
  for (let fetchOffset = 0; fetchOffset < 150; fetchOffset += 7) {
    const partitions = [{ partition, fetchOffset, partitionMaxBytes: 500 }]
    const request = { maxWaitMs: 0, minBytes: 1, maxBytes: 1000, topics: [{ topic: name, topicId: id, partitions }] }
    await driver.call(fetchRequest, fetchResponse, request)
  }
}

async function withClient(world: World, body: (host: Host) => Promise<void>): Promise<void> {
  let isDone = false
  world.machine('clients').spawn('client', async host => {
    await body(host)
    isDone = true
  })
  await world.runUntil('the client is done', () => isDone, { withinMs: 120_000 })
}
