import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BatchHeader, readRecords } from '@dorsale/protocol'
import { withCluster } from '../testing/fake-cluster.ts'
import { BatchMemory } from './batch-memory.ts'
import { createProducer } from './kafka-producer.ts'

test('memory comes back in powers of two, and is bounded while nobody has it', () => {
  const memory = new BatchMemory(3000)
  const one = memory.take(1000)
  const two = memory.take(1024)
  const large = memory.take(1025)
  assert.deepEqual([one.length, two.length, large.length], [1024, 1024, 2048])
  memory.give(one)
  memory.give(large)
  assert.equal(memory.freeBytes, 1024)
  memory.give(two)
  assert.equal(memory.freeBytes, 2048)
  assert.equal(memory.take(600), two)
  assert.equal(memory.take(700), one)
  assert.equal(memory.freeBytes, 0)
})

for (const codec of ['none', 'lz4', 'gzip', 'snappy', 'zstd'] as const) {
  test(`batches in memory that is used again hold what was sent: ${codec}, with answers that are lost`, () =>
    withCluster({}, async (cluster, world) => {
      cluster.createTopic('t', 1)
      const settings = {
        'bootstrap.servers': cluster.bootstrap,
        'compression.type': codec,
        'batch.size': 4000,
      }
      let produces = 0
      cluster.script = ({ name }) => (name === 'Produce' && ++produces % 7 === 0 ? 'cut after' : undefined)
      const producer = createProducer({ world, settings })
      const values = Array.from({ length: 2000 }, (_, index) => `${index} ${'abc'.repeat(index % 90)}`)
      await producer.sendAll(values.map(value => ({ topic: 't', value })))
      await producer.close()
      assert.deepEqual(
        cluster
          .partition('t', 0)
          .batches.flatMap(({ bytes }) => [...readRecords(new BatchHeader(bytes))])
          .map(({ value }) => Buffer.from(value ?? []).toString()),
        values,
      )
      assert.ok(produces > 30, `${produces} requests`)
    }))
}
