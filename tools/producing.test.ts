/** The examples around a producer do what they say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DorsaleError } from '@dorsale/base'
import type { PartitionQuestion } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { MockProducer } from '@dorsale/testkit'
import {
  adaptivePartitioner,
  emptyPart,
  geoPartitioner,
  tenantPartitioner,
} from '../examples/producing/partitioners.ts'
import { CircuitOpenError, ResilientProducer } from '../examples/producing/resilient-producer.ts'

const keyed = (key: string | null, count: number): PartitionQuestion => ({
  topic: 't',
  key: key === null ? null : Buffer.from(key),
  value: null,
  headers: [],
  partitions: Array.from({ length: count }, (_, index) => ({ index }) as PartitionQuestion['partitions'][number]),
})

test('R-07-297: records of a tenant go to one partition, and those without a key to all', () => {
  const partitioner = tenantPartitioner()
  const places = ['acme:1', 'acme:2', 'acme'].map(key => partitioner(keyed(key, 12)))
  assert.equal(new Set(places).size, 1)
  assert.notEqual(partitioner(keyed('other:1', 12)), places[0])
  assert.deepEqual([0, 1, 2, 3].map(() => partitioner(keyed(null, 4))).sort(), [0, 1, 2, 3])
})

test('R-03-129: a region has its partitions, in which a key always goes to the same; a topic that is too small has room all the same', () => {
  const partitioner = geoPartitioner({ EU: [0, 4], US: [4, 8], APAC: [8, 12] })
  for (let customer = 0; customer < 50; customer++) {
    const place = partitioner(keyed(`US-${customer}`, 12))
    assert.ok(place >= 4 && place < 8)
    assert.equal(partitioner(keyed(`US-${customer}`, 12)), place)
    assert.ok(partitioner(keyed(`US-${customer}`, 6)) < 6)
  }
})

test('R-07-299 to R-07-302: a hot key is spread, the others keep their place, and each minute begins anew', () => {
  let nowMs = 0
  const partitioner = adaptivePartitioner({ hotPerMinute: 100, now: () => nowMs })
  const home = partitioner(keyed('hot', 12))
  const cold = partitioner(keyed('cold', 12))
  const before = Array.from({ length: 99 }, () => partitioner(keyed('hot', 12)))
  assert.deepEqual(new Set(before), new Set([home]))
  const after = Array.from({ length: 100 }, () => partitioner(keyed('hot', 12)))
  assert.equal(new Set(after).size, 4)
  assert.equal(partitioner(keyed('cold', 12)), cold)
  nowMs = 60_000
  assert.equal(partitioner(keyed('hot', 12)), home)
})

test('R-07-303: keys of too few values leave most partitions empty', () => {
  const countries = Array.from({ length: 10 }, (_, index) => `country-${index}`)
  assert.ok(emptyPart(countries, 100) >= 0.9)
  const customers = countries.flatMap(country => Array.from({ length: 100 }, (_, index) => `${country}:${index}`))
  assert.ok(emptyPart(customers, 100) < 0.01)
})

const lost = new DorsaleError('DORSALE_TIMEOUT', 'not delivered', { retriable: true })

test('R-03-252: ten failures in a row open the circuit, 30 s later one record tries it, and a success closes it', async () => {
  let nowMs = 0
  const mock = new MockProducer({ autoComplete: false })
  const producer = new ResilientProducer(mock, { now: () => nowMs })
  const outcome = async (error?: Error) => {
    const sent = producer.send({ topic: 't', value: 'x' }).then(
      () => 'delivered',
      reason => reason,
    )
    if (error === undefined) mock.completeNext()
    else mock.errorNext(error)
    return await sent
  }
  for (let failure = 0; failure < 9; failure++) assert.equal(await outcome(lost), lost)
  assert.equal(await outcome(), 'delivered')
  for (let failure = 0; failure < 10; failure++) assert.equal(await outcome(lost), lost)
  assert.equal(producer.state, 'open')
  assert.ok((await outcome()) instanceof CircuitOpenError)
  nowMs = 30_000
  assert.equal(producer.state, 'half-open')
  const first = outcome(lost)
  assert.ok((await outcome(lost)) instanceof CircuitOpenError, 'one at a time')
  assert.equal(await first, lost)
  assert.equal(producer.state, 'open')
  nowMs = 60_000
  assert.equal(await outcome(), 'delivered')
  assert.equal(producer.state, 'closed')
  await producer.close()
})

test('R-03-257: what no other try would save goes to the dead letters, with its headers, and says nothing of the cluster', async () => {
  const mock = new MockProducer({ autoComplete: false })
  const producer = new ResilientProducer(mock, { failureThreshold: 1 })
  const headers = [{ key: 'trace', value: 'a' }]
  const sent = producer.send({ topic: 'orders', key: 'k', value: 'v', headers })
  mock.errorNext(new ProtocolError(errorCodes.MESSAGE_TOO_LARGE))
  while (!mock.completeNext()) await undefined
  assert.equal((await sent).topic, 'orders.dlq')
  assert.equal(producer.state, 'closed')
  const { topic, key, value, headers: written = [] } = mock.history.at(-1) ?? {}
  assert.deepEqual([topic, key, value], ['orders.dlq', 'k', 'v'])
  assert.deepEqual(
    written.map(header => header.key),
    ['trace', 'X-Original-Topic', 'X-Error'],
  )
})
