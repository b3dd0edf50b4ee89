/**
 * Records of the internal topics, of every kind that Kafka has, with random values and partly damaged: a broker that finds them in its logs starts, says what it
 * cannot read, and answers every question about groups and transactions. `DORSALE_FUZZ_ROUNDS` and `DORSALE_FUZZ_SEED` make the search longer or
 * another one.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import { damageBytes } from '@dorsale/base/testing'
import {
  allMessages,
  buildBatch,
  describeGroupsRequest,
  describeGroupsResponse,
  describeTransactionsRequest,
  describeTransactionsResponse,
  encodeMessageBytes,
  findCoordinatorRequest,
  findCoordinatorResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  listGroupsRequest,
  listGroupsResponse,
  listTransactionsRequest,
  listTransactionsResponse,
  type MessageTable,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
} from '@dorsale/protocol'
import { sampleMessage } from '@dorsale/protocol/testing'
import { brokerConfig, runBroker } from '../broker/broker-main.ts'
import { brokerMachine, Driver } from '../broker/driver.ts'
import { Dictionary, plausibleLeaves } from '../testing/plausible.ts'
import type { Host } from '../world/process.ts'
import { File, type Volume } from '../world/volume.ts'
import { World } from '../world/world.ts'

const rounds = Number(process.env.DORSALE_FUZZ_ROUNDS ?? 1) * 60
const seed = Number(process.env.DORSALE_FUZZ_SEED ?? 1)
const nowMs = Date.UTC(2026, 0, 1)
const config = brokerConfig({
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
  'share.coordinator.state.topic.num.partitions': '1',
})
/** Names that records share, so that they speak about the same things, and that are then asked for. */
const dictionary = new Dictionary({
  group: ['group', 'other'],
  groupId: ['group', 'other'],
  memberId: ['member', 'other member'],
  leader: ['member', ''],
  transactionalId: ['text', 'other'],
  topic: ['records', ''],
  topicName: ['records', ''],
  partition: [0, 1],
  protocolType: ['consumer', null],
  protocol: ['range', null],
  memberEpoch: [0, 1],
  transactionStatus: [0, 1, 2, 3, 4, 5, 6],
})

test('a broker that finds any record in its internal topics starts and answers', { timeout: 300_000 }, async () => {
  const template = await usedVolume()
  for (let round = 0; round < rounds; round++) {
    const prng = seededPrng(seed, `records ${round}`)
    const volume = template.copy()
    for (const [topic, tables] of recordsOfTopics) {
      const file = volume.find(`/data/log/${topic}-0/${'0'.repeat(20)}.log`)
      if (file instanceof File) file.write(randomLog(tables, prng), 0)
    }
    try {
      await startAndAsk(volume, round)
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}: ${(error as Error).message}`, { cause: error })
    }
  }
})

interface RecordTables {
  key: MessageTable
  value: MessageTable
}

const recordsOfTopics: ReadonlyMap<string, RecordTables[]> = collectTables()

function collectTables(): Map<string, RecordTables[]> {
  const found = new Map<string, RecordTables[]>()
  const values = new Map(
    allMessages.filter(({ type }) => type === 'coordinator-value').map(table => [table.name, table]),
  )
  for (const key of allMessages.filter(({ type }) => type === 'coordinator-key')) {
    const value = values.get(key.name.replace(/Key$/, 'Value'))
    assert.ok(value, `${key.name} has a value`)
    const topic = topicOf(key.name)
    found.set(topic, [...(found.get(topic) ?? []), { key, value }])
  }
  return found
}

function topicOf(table: string): string {
  if (table.startsWith('TransactionLog')) return '__transaction_state'
  return /^Share(Snapshot|Update)/.test(table) ? '__share_group_state' : '__consumer_offsets'
}

/** A few batches with true checksums. */
function randomLog(tables: readonly RecordTables[], prng: Prng): Uint8Array {
  const batches: Uint8Array[] = []
  for (let offset = 0, count = 1 + randomBelow(prng, 5); count > 0; count--) {
    const records = Array.from({ length: 1 + randomBelow(prng, 6) }, () => randomRecord(tables, prng))
    batches.push(buildBatch(records, { baseOffset: offset, partitionLeaderEpoch: 0 }))
    offset += records.length
  }
  return Buffer.concat(batches)
}

function randomRecord(tables: readonly RecordTables[], prng: Prng) {
  const { key, value } = tables[randomBelow(prng, tables.length)] as RecordTables
  const { min, max } = value.validVersions
  const version = min + randomBelow(prng, max - min + 1)
  const bytes = (table: MessageTable, prefix: number, at: number): Uint8Array => {
    const head = Buffer.alloc(2)
    head.writeInt16BE(prefix)
    const message = sampleMessage(table, at, plausibleLeaves(dictionary, prng, nowMs))
    const whole = Buffer.concat([head, encodeMessageBytes(table, at, message)])
    return randomBelow(prng, 8) === 0 ? damageBytes(whole, prng) : whole
  }
  return {
    timestamp: nowMs,
    key: bytes(key, key.apiKey ?? 0, key.validVersions.min),
    value: randomBelow(prng, 6) === 0 ? null : bytes(value, version, version),
  }
}

/** What a broker leaves that was asked for its coordinators, so that their topics are there. */
async function usedVolume(): Promise<Volume> {
  const world = new World({ seed: 1 })
  const machine = world.machine(brokerMachine)
  await withBroker(world, host => findCoordinators(new Driver(host, 'fuzz')))
  for (const process of machine.processes) process.kill()
  return machine.volume
}

async function startAndAsk(volume: Volume, round: number): Promise<void> {
  const world = new World({ seed: round })
  const machine = world.machine(brokerMachine, { volume })
  await withBroker(world, askEverything)
  const [broker] = machine.processes
  broker?.terminate()
  await world.runUntil('the broker has stopped', () => machine.processes.size === 0, { withinMs: 60_000 })
  assert.equal(broker?.end?.code, 0)
}

async function withBroker(world: World, ask: (host: Host) => Promise<void>): Promise<void> {
  let isReady = false
  const broker = world.machine(brokerMachine).spawn('broker', async host => {
    await runBroker(host, config)
    isReady = true
  })
  await world.runUntil('the broker is ready', () => isReady || !broker.alive, { withinMs: 60_000 })
  assert.ok(isReady, 'records of groups and transactions keep no broker from starting')
  let isDone = false
  world.machine('clients').spawn('client', async host => {
    await ask(host)
    isDone = true
  })
  await world.runUntil('every question is answered', () => isDone, { withinMs: 120_000 })
}

async function findCoordinators(driver: Driver): Promise<void> {
  for (const [keyType, key] of [
    [0, 'group'],
    [1, 'text'],
    [2, 'group:AAAAAAAAAAAAAAAAAAAAAQ:0'],
  ] as const) {
    const request = { keyType, coordinatorKeys: [key] }
    await driver.call(findCoordinatorRequest, findCoordinatorResponse, request, { version: 6 })
  }
}

/** Any answer will do, as long as there is one. */
async function askEverything(host: Host): Promise<void> {
  const driver = new Driver(host, 'fuzz')
  await findCoordinators(driver)
  await driver.call(listGroupsRequest, listGroupsResponse, {})
  await driver.call(listTransactionsRequest, listTransactionsResponse, {})
  for (const groupId of ['group', 'other', 'nobody']) {
    await driver.call(describeGroupsRequest, describeGroupsResponse, { groups: [groupId] })
    const partitions = [{ partitionIndex: 0, committedOffset: 7 }]
    const commit = { groupId, topics: [{ name: 'records', partitions }] }
    await driver.call(offsetCommitRequest, offsetCommitResponse, commit, { version: 8 })
    await driver.call(offsetFetchRequest, offsetFetchResponse, { groupId, topics: null }, { version: 7 })
  }
  for (const transactionalId of ['text', 'other', 'nobody']) {
    const describe = { transactionalIds: [transactionalId] }
    await driver.call(describeTransactionsRequest, describeTransactionsResponse, describe)
    const init = { transactionalId, transactionTimeoutMs: 1000 }
    await driver.call(initProducerIdRequest, initProducerIdResponse, init, { version: 4 })
  }
  driver.close()
}
