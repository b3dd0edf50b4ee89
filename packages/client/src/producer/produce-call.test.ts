import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noTopicId } from '../metadata/metadata-cache.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import { PartitionQueue } from './partition-queue.ts'
import { ProduceCall, type SentBatch, versionMaxOf } from './produce-call.ts'
import type { ProducerBatch } from './producer-batch.ts'

const ids = { orders: 'AAAAAAAAAAAAAAAAAAAAAQ', audit: 'AAAAAAAAAAAAAAAAAAAAAg' }

function sent(topic: keyof typeof ids, partition: number, topicId: string = ids[topic]): SentBatch {
  const records = Uint8Array.of(partition)
  const batch = { bytes: () => records } as ProducerBatch
  return { queue: new PartitionQueue(topic, partition), batch, topicId, isAnswered: false }
}

function callOf(batches: readonly SentBatch[], version: number): ProduceCall {
  return new ProduceCall({ link: {} as BrokerLink, sentMs: 0, batches, version })
}

test('batches of several topics, mixed, are gathered topic by topic', () => {
  const call = callOf([sent('orders', 1), sent('audit', 0), sent('orders', 0)], 13)
  assert.deepEqual(call.topicData(), [
    {
      name: 'orders',
      topicId: ids.orders,
      partitionData: [
        { index: 1, records: Uint8Array.of(1) },
        { index: 0, records: Uint8Array.of(0) },
      ],
    },
    { name: 'audit', topicId: ids.audit, partitionData: [{ index: 0, records: Uint8Array.of(0) }] },
  ])
})

for (const [version, nameOf] of [
  [12, (name: string) => ({ name, topicId: noTopicId })],
  [13, (name: string) => ({ name: '', topicId: ids[name as keyof typeof ids] })],
] as const) {
  test(`v${version}: an answer finds its batch once, in whatever order answers come, and nothing else`, () => {
    const batches = [sent('orders', 1), sent('audit', 1), sent('orders', 0)]
    const call = callOf(batches, version)
    assert.equal(call.answered(nameOf('orders'), 0), batches[2])
    assert.equal(call.answered(nameOf('audit'), 1), batches[1])
    assert.equal(call.answered(nameOf('audit'), 1), undefined)
    assert.equal(call.answered(nameOf('audit'), 0), undefined)
    assert.deepEqual(
      batches.map(({ isAnswered }) => isAnswered),
      [false, true, true],
    )
  })

  test(`v${version}: the answer to a batch that went alone must be about it`, () => {
    const batch = sent('orders', 1)
    const call = callOf([batch], version)
    assert.equal(call.answered(nameOf('orders'), 0), undefined)
    assert.equal(call.answered(nameOf('audit'), 1), undefined)
    assert.equal(call.answered(nameOf('orders'), 1), batch)
    assert.equal(call.answered(nameOf('orders'), 1), undefined)
  })
}

test('a topic without an id keeps its request at the versions that name topics', () => {
  assert.equal(versionMaxOf([sent('orders', 0)]), Number.POSITIVE_INFINITY)
  assert.equal(versionMaxOf([sent('orders', 0), sent('audit', 0, noTopicId)]), 12)
})
