import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes } from '@dorsale/protocol'
import { withCluster } from '../testing/fake-cluster.ts'
import { createProducer } from './kafka-producer.ts'
import type { ProducerRecord } from './record.ts'

const wrong: readonly (readonly [given: unknown, words: RegExp])[] = [
  [undefined, /^send takes a record, \{ topic, key, value \}, and was given nothing$/],
  ['orders', /and was given the text 'orders'$/],
  [{ value: 'x' }, /^the topic of a record must be text, and is nothing$/],
  [{ topic: '' }, /and is empty$/],
  [{ topic: 5 }, /and is the number 5$/],
  [{ topic: 't', value: 42 }, /^the value for topic t cannot be written: it is the number 42: .*value\.serializer$/],
  [{ topic: 't', value: { a: 1 } }, /it is an object/],
  [{ topic: 't', value: [1, 2] }, /it is an array/],
  [{ topic: 't', value: new ArrayBuffer(4) }, /it is an instance of ArrayBuffer/],
  [{ topic: 't', value: new Uint16Array([1, 2]) }, /it is an instance of Uint16Array/],
  [
    { topic: 't', key: 7, value: 'x' },
    /^the key for topic t cannot be written: it is the number 7: .*key\.serializer$/,
  ],
  // As kafkajs has them: they would be left out.
  [
    { topic: 't', headers: { a: 'b' } },
    /^the headers of a record must be an array of \{ key, value \}, and are an object$/,
  ],
  [{ topic: 't', headers: [{ value: 'b' }] }, /^the key of a header must be text, and is nothing$/],
  [{ topic: 't', headers: [null] }, /^the key of a header must be text, and is nothing$/],
  [
    { topic: 't', headers: [{ key: 'a', value: 5 }] },
    /^the value of header 'a' must be bytes or text, and is the number 5$/,
  ],
  [{ topic: 't', partition: -1 }, /^the partition of a record must be a whole number from 0, and is the number -1$/],
  [{ topic: 't', partition: 1.5 }, /the number 1\.5$/],
  [{ topic: 't', partition: '1' }, /the text '1'$/],
  [{ topic: 't', partition: 2 ** 31 }, /the number 2147483648$/],
  [
    { topic: 't', timestamp: new Date(5) },
    /^the timestamp of a record must be .* and is an instance of Date: its getTime\(\) is one$/,
  ],
  [{ topic: 't', timestamp: -5 }, /the number -5$/],
  [{ topic: 't', timestamp: 5n }, /the bigint 5$/],
  [{ topic: 't', timestamp: Number.NaN }, /the number NaN$/],
  [{ topic: 't', compression: 'zip' }, /must be one of none, .*zstd.*, and is the text 'zip'$/],
]

test('R-03-011, R-03-118: what is no record is refused in words, at once, and holds up nothing that is sent after it', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    for (const [given, message] of wrong) {
      const isPayload = message.source.includes('it is') || message.source.includes('cannot be written')
      const code = isPayload ? 'DORSALE_SERIALIZATION' : 'DORSALE_INVALID_ARGUMENT'
      assert.throws(() => producer.send(given as ProducerRecord), { code, message }, JSON.stringify(message.source))
      assert.equal((await producer.send({ topic: 't', value: 'x' })).partition, 0)
    }
    assert.equal(producer.bufferedBytes, 0)
    await producer.close()
  }))

test('nulls from JSON mean what leaving out means, and bytes of any kind are bytes', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const producer = createProducer({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    const fromJson = { topic: 't', partition: null, timestamp: null, headers: null, key: null, value: 'x' }
    await producer.send(fromJson as unknown as ProducerRecord)
    await producer.send({ topic: 't', value: new Uint8ClampedArray([97]) as unknown as Uint8Array })
    assert.deepEqual(cluster.values('t', 0), ['x', 'a'])
    await producer.close()
  }))

test('R-03-120: who sends to a name that no topic can have is told which; to a partition that is not there, how many there are', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 3)
    const settings = { 'bootstrap.servers': cluster.bootstrap, 'max.block.ms': 1000 }
    const producer = createProducer({ world, settings })
    await assert.rejects(Promise.resolve(producer.send({ topic: 't', partition: 3 })), {
      code: 'DORSALE_TIMEOUT',
      message: 'partition 3 of topic t, which has 3: not within 1000 ms',
    })
    cluster.staleMetadata = {
      ...cluster.metadata([]),
      topics: [{ name: 'a b', errorCode: errorCodes.INVALID_TOPIC_EXCEPTION }],
    }
    await assert.rejects(Promise.resolve(producer.send({ topic: 'a b', value: 'x' })), {
      errorName: 'INVALID_TOPIC_EXCEPTION',
      message: /^topic 'a b': /,
    })
    await producer.close()
  }))
