import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
  apiVersionsRequest,
  apiVersionsResponse,
  buildBatch,
  type ClientQuotaRecord,
  createPartitionsRequest,
  createPartitionsResponse,
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorCodes,
  fetchRequest,
  fetchResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  metadataRequest,
  metadataResponse,
  produceRequest,
  produceResponse,
} from '@dorsale/protocol'
import { BrokerWorld, RawClient, type TestClient } from '../testing/broker-world.ts'
import { QuotaRules } from './quota-rules.ts'
import { RateUsage } from './rate-usage.ts'
import { TokenBuckets } from './token-buckets.ts'

interface Case {
  readonly count: number
  readonly windowMs: number
  readonly limit: number
  readonly steps: readonly [atMs: number, value: number, throttleMs: number][]
}

/** What Kafka 4.4.0's own sensors and `QuotaUtils.throttleTime` answer, and its `TokenBucket`, which takes nothing while it is below 0. */
const vectors: { rates: Case[]; buckets: Case[] } = JSON.parse(
  readFileSync(new URL('vectors/throttle-times.json', import.meta.url), 'utf8'),
)

for (const [index, { count, windowMs, limit, steps }] of vectors.rates.entries()) {
  test(`who is over ${limit} a second in ${count} windows of ${windowMs} ms pauses as long as with Kafka (${index})`, () => {
    const usage = new RateUsage({ count, windowMs })
    for (const [atMs, value, throttleMs] of steps) {
      assert.equal(usage.charge({ sharedBy: 'c', limit }, value, atMs), throttleMs, `at ${atMs}`)
    }
  })
}

for (const [index, { count, windowMs, limit, steps }] of vectors.buckets.entries()) {
  test(`a bucket of ${limit} a second in ${count} windows is in debt as long as Kafka's (${index})`, () => {
    const buckets = new TokenBuckets({ count, windowMs })
    const of = { sharedBy: 'c', limit }
    for (const [atMs, value, debtMs] of steps) {
      assert.equal(buckets.debtMs(of, atMs), debtMs, `at ${atMs}`)
      if (debtMs === 0) buckets.take(of, value, atMs)
    }
  })
}

test('who has been silent is forgotten', () => {
  const usage = new RateUsage({ count: 2, windowMs: 1000 })
  for (let client = 0; client < 1000; client++) usage.charge({ sharedBy: String(client), limit: 1 }, 1, 0)
  usage.charge({ sharedBy: 'early', limit: 1 }, 1, 3000)
  assert.equal(usage.size, 1)
})

function quota(limit: number, entity: Record<string, string | null>, key = 'producer_byte_rate'): ClientQuotaRecord {
  const parts = Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName }))
  return { entity: parts, key, value: limit, remove: false }
}

test('the quota that holds is the first of the eight that Kafka looks for', () => {
  const inOrder = [
    { user: 'u', 'client-id': 'c' },
    { user: 'u', 'client-id': null },
    { user: 'u' },
    { user: null, 'client-id': 'c' },
    { user: null, 'client-id': null },
    { user: null },
    { 'client-id': 'c' },
    { 'client-id': null },
  ]
  const records = inOrder.map((entity, index) => quota(index, entity))
  const client = { user: 'u', clientId: 'c' }
  for (let first = 0; first < records.length; first++) {
    const rule = new QuotaRules(records.slice(first)).find('producer_byte_rate', client)
    assert.equal(rule?.limit, first, JSON.stringify(inOrder[first]))
  }
  const rules = new QuotaRules(records)
  assert.equal(rules.find('consumer_byte_rate', client), undefined)
  assert.equal(rules.find('producer_byte_rate', { user: 'other', clientId: 'x' })?.limit, 4)
})

test('a quota of users is shared by the clients of each, one of client ids by the users of each', () => {
  const sharedBy = (entity: Record<string, string | null>, user: string, clientId: string) =>
    new QuotaRules([quota(1, entity)]).find('producer_byte_rate', { user, clientId })?.sharedBy
  assert.equal(sharedBy({ user: null }, 'u', 'a'), sharedBy({ user: null }, 'u', 'b'))
  assert.notEqual(sharedBy({ user: null }, 'u', 'a'), sharedBy({ user: null }, 'v', 'a'))
  assert.equal(sharedBy({ 'client-id': null }, 'u', 'a'), sharedBy({ 'client-id': null }, 'v', 'a'))
  const both = { user: null, 'client-id': null }
  assert.notEqual(sharedBy(both, 'u', 'a'), sharedBy(both, 'u', 'b'))
})

test('an address has its own rate of connections, or the one of all', () => {
  const key = 'connection_creation_rate'
  const rules = new QuotaRules([quota(5, { ip: null }, key), quota(7, { ip: '10.0.0.1' }, key)])
  assert.equal(rules.connectionRate('10.0.0.1'), 7)
  assert.equal(rules.connectionRate('10.0.0.2'), 5)
  assert.equal(new QuotaRules([]).connectionRate('10.0.0.2'), undefined)
})

describe('quotas of a broker', () => {
  const world = new BrokerWorld()
  let admin: TestClient
  before(async () => {
    await world.start()
    admin = world.client()
    await world.createTopic('t')
  })
  after(() => world.stop())

  async function set(entity: Record<string, string | null>, values: Record<string, number | undefined>): Promise<void> {
    const { entries } = await admin.call(alterClientQuotasRequest, alterClientQuotasResponse, 1, {
      entries: [
        {
          entity: Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName })),
          ops: Object.entries(values).map(([key, value]) => ({ key, value: value ?? 0, remove: value === undefined })),
        },
      ],
    })
    assert.equal(entries[0]!.errorCode, 0, entries[0]!.errorMessage ?? '')
  }

  const records = buildBatch([{ timestamp: 1, value: Buffer.alloc(5000) }])
  const produce = (client: TestClient, batch: Uint8Array) => {
    const topicData = [{ name: 't', partitionData: [{ index: 0, records: batch }] }]
    return client.call(produceRequest, produceResponse, 9, { acks: -1, timeoutMs: 10_000, topicData })
  }
  const askVersions = (client: TestClient) => client.call(apiVersionsRequest, apiVersionsResponse, 2, {})

  test('a producer over its quota hears how long it should pause, and is not read until then', async () => {
    await set({ 'client-id': 'test' }, { producer_byte_rate: 50_000 })
    const client = world.client()
    // Ten windows let 500,000 bytes through; the next 100,000 take two seconds to make good, less what of an eleventh is over.
    const large = buildBatch([{ timestamp: 1, value: Buffer.alloc(600_000) }])
    const { throttleTimeMs } = await produce(client, large)
    assert.ok(throttleTimeMs > 900 && throttleTimeMs < 2100, `${throttleTimeMs} ms`)
    const began = performance.now()
    const held = askVersions(client).then(answer => ({ ...answer, who: 'held' }))
    const other = askVersions(admin).then(answer => ({ ...answer, who: 'other' }))
    assert.equal((await Promise.race([held, other])).who, 'other', 'nobody else has to wait')
    assert.equal((await held).throttleTimeMs, 0)
    assert.ok(performance.now() - began > throttleTimeMs - 50, 'the next request waits')
    await set({ 'client-id': 'test' }, { producer_byte_rate: undefined })
    assert.equal((await produce(client, records)).throttleTimeMs, 0)
  })

  test('a fetch over its quota brings nothing, and none brings more than the windows hold', async () => {
    await set({ user: null }, { consumer_byte_rate: 600 })
    const client = world.client()
    for (let count = 0; count < 2; count++) await produce(client, records)
    const fetch = (fetchOffset: number) =>
      client.call(fetchRequest, fetchResponse, 11, {
        maxWaitMs: 0,
        minBytes: 1,
        maxBytes: 1_000_000,
        sessionEpoch: -1,
        topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1_000_000 }] }],
      })
    const first = await fetch(1)
    assert.equal(first.throttleTimeMs, 0)
    const bytes = first.responses[0]!.partitions[0]!.records!.length
    assert.ok(bytes <= 6000, `${bytes} bytes`)
    const second = await fetch(2)
    assert.ok(second.throttleTimeMs > 0)
    assert.deepEqual(second.responses, [])
    client.close()
    await set({ user: null }, { consumer_byte_rate: undefined })
  })

  test('topics over the quota of changes are refused to new clients; old ones are held back', async () => {
    await set({ user: null, 'client-id': null }, { controller_mutation_rate: 1 })
    const create = (version: number, name: string, numPartitions: number) => {
      const client = world.client()
      const topics = [{ name, numPartitions, replicationFactor: 1 }]
      return client.call(createTopicsRequest, createTopicsResponse, version, { topics, timeoutMs: 1000 })
    }
    // 11 tokens: a change may go below 0, and then nothing goes until that is made good.
    const whole = await create(7, 'whole', 30)
    assert.equal(whole.topics[0]!.errorCode, 0)
    assert.equal(whole.throttleTimeMs, 0)
    const refused = await create(7, 'refused', 1)
    assert.equal(refused.topics[0]!.errorCode, errorCodes.THROTTLING_QUOTA_EXCEEDED)
    assert.ok(refused.throttleTimeMs > 9000 && refused.throttleTimeMs <= 19_000, `${refused.throttleTimeMs}`)
    const old = await create(5, 'old', 1)
    assert.equal(old.topics[0]!.errorCode, 0)
    assert.ok(old.throttleTimeMs > 10_000 && old.throttleTimeMs <= 20_000, `${old.throttleTimeMs}`)
    const grown = await world.client().call(createPartitionsRequest, createPartitionsResponse, 3, {
      topics: [{ name: 'old', count: 2, assignments: null }],
      timeoutMs: 1000,
    })
    assert.equal(grown.results[0]!.errorCode, errorCodes.THROTTLING_QUOTA_EXCEEDED)
    const deleted = await world
      .client()
      .call(deleteTopicsRequest, deleteTopicsResponse, 6, { topics: [{ name: 'whole' }], timeoutMs: 1000 })
    assert.equal(deleted.responses[0]!.errorCode, errorCodes.THROTTLING_QUOTA_EXCEEDED)
    // A topic that is asked about is not made; who asks hears no more than that, and asks again.
    for (const allowAutoTopicCreation of [true, false]) {
      const topics = [{ name: 'asked' }]
      const asked = await world.client().call(metadataRequest, metadataResponse, 12, { topics, allowAutoTopicCreation })
      assert.equal(asked.topics[0]!.errorCode, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
      assert.equal(asked.throttleTimeMs, 0)
    }
    await set({ user: null, 'client-id': null }, { controller_mutation_rate: undefined })
  })

  test('who takes more of the time than request_percentage says is held back, at most for one window', async () => {
    await set({ 'client-id': 'test' }, { request_percentage: 0.000001 })
    const { throttleTimeMs } = await askVersions(world.client())
    assert.equal(throttleTimeMs, 1000)
    admin.close()
    admin = world.client()
    await set({ 'client-id': 'test' }, { request_percentage: undefined })
  })

  test('an address that opens connections too fast has further ones closed, a little later', async () => {
    await set({ ip: '127.0.0.1' }, { connection_creation_rate: 1 })
    const clients = Array.from({ length: 11 }, () => new RawClient(world.port))
    const last = new RawClient(world.port)
    await last.closed
    for (const client of clients) client.close()
    await set({ ip: '127.0.0.1' }, { connection_creation_rate: undefined })
    assert.ok(world.lines.some(({ fields }) => /connection_creation_rate/.test(String(fields.reason))))
  })
})

test('connections beyond max.connection.creation.rate are not read until their turn', async () => {
  const world = new BrokerWorld({ 'quota.window.num': '2' })
  await world.start()
  const { responses } = await world.client().call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, {
    resources: [
      {
        resourceType: 4,
        resourceName: '',
        configs: [{ name: 'max.connection.creation.rate', value: '4', configOperation: 0 }],
      },
    ],
  })
  assert.equal(responses[0]!.errorCode, 0, responses[0]!.errorMessage ?? '')
  // Over less than two seconds 7 are served at once; the twelfth waits for half a second at least, however slowly they come.
  const took = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const began = performance.now()
      await world.client().call(apiVersionsRequest, apiVersionsResponse, 2, {})
      return performance.now() - began
    }),
  )
  assert.ok(Math.max(...took) > 450, took.join(', '))
  await world.stop()
})
