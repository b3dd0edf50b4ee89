import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CompressionTypes, KafkaJSNonRetriableError, type Message } from '../index.ts'
import { Collected, withKafka } from '../testing/with-kafka.ts'

const threePartitions = { broker: { topics: [{ name: 'orders', numPartitions: 3 }, 'payments'] } }

test('send tells where the messages of each partition begin', () =>
  withKafka(async (kafka, broker) => {
    const producer = kafka.producer()
    await producer.connect()
    const messages: Message[] = [
      {
        partition: 2,
        key: '42',
        value: 'paid',
        headers: { source: 'web', tags: ['a', Buffer.from('b')], none: undefined },
      },
      { partition: 1, value: 'tick', timestamp: '1700000000000' },
      { partition: 2, key: '42', value: null },
    ]
    const place = (partition: number, baseOffset: string) => {
      return { topicName: 'orders', partition, errorCode: 0, baseOffset, logAppendTime: '-1', logStartOffset: '0' }
    }
    assert.deepEqual(await producer.send({ topic: 'orders', messages }), [place(2, '0'), place(1, '0')])
    assert.deepEqual(await producer.send({ topic: 'orders', messages: [{ partition: 2, value: 'x' }] }), [
      place(2, '2'),
    ])
    const records = await broker.records('orders', { count: 4 })
    assert.equal(records.find(({ value }) => value === 'tick')!.timestamp, 1_700_000_000_000)
    assert.deepEqual(records.find(({ value }) => value === 'paid')!.headers, { source: 'web', tags: 'b' })
    assert.deepEqual(
      records.filter(({ value }) => value === null).map(({ key }) => key),
      ['42'],
    )
    await producer.disconnect()
  }, threePartitions))

test('a key goes to the partition of the Java client, and a custom partitioner is asked with what kafkajs tells', () =>
  withKafka(async kafka => {
    const plain = kafka.producer()
    await plain.connect()
    // (murmur2('42') & 0x7fffffff) % 3
    const [byKey] = await plain.send({ topic: 'orders', messages: [{ key: '42', value: 'x' }] })
    assert.equal(byKey!.partition, (417700972 & 0x7fffffff) % 3)
    await plain.disconnect()

    const asked: unknown[] = []
    const own = kafka.producer({
      createPartitioner: () => args => {
        asked.push(args)
        return args.partitionMetadata.length - 1
      },
    })
    await own.connect()
    const message = { key: '42', value: 'x' }
    const [placed] = await own.send({ topic: 'orders', messages: [message] })
    assert.equal(placed!.partition, 2)
    const metadata = (partitionId: number) => {
      return { partitionErrorCode: 0, partitionId, leader: 1, replicas: [1], isr: [1], offlineReplicas: [] }
    }
    assert.deepEqual(asked, [{ topic: 'orders', partitionMetadata: [0, 1, 2].map(metadata), message }])
    await own.disconnect()
  }, threePartitions))

test('sendBatch merges topics that are named twice, and every compression is read back', () =>
  withKafka(async (kafka, broker) => {
    const producer = kafka.producer()
    await producer.connect()
    for (const compression of Object.values(CompressionTypes)) {
      const messages = [{ partition: 0, value: `compressed by ${compression} `.repeat(20) }]
      const topicMessages = [
        { topic: 'orders', messages },
        { topic: 'payments', messages },
        { topic: 'orders', messages },
      ]
      const places = await producer.sendBatch({ topicMessages, compression })
      assert.deepEqual(
        places.map(({ topicName, partition }) => [topicName, partition]),
        [
          ['orders', 0],
          ['payments', 0],
        ],
      )
    }
    const orders = await broker.records('orders', { count: 10 })
    assert.deepEqual(new Set(orders.map(({ value }) => value)).size, 5)
    await producer.disconnect()
  }, threePartitions))

test('what cannot be sent is refused in the words of kafkajs', () =>
  withKafka(async kafka => {
    const producer = kafka.producer()
    const idempotent = kafka.producer({ idempotent: true })
    const messages = [{ value: 'x' }]
    await assert.rejects(producer.send({ topic: 'orders', messages }), {
      name: 'KafkaJSError',
      message: 'The producer is disconnected',
    })
    await producer.connect()
    await idempotent.connect()
    const refusals = [
      [producer.send({ topic: '', messages }), /^Invalid topic$/],
      [
        producer.send({ topic: 'orders', messages: undefined as unknown as Message[] }),
        /^Invalid messages array \[undefined\] for topic "orders"$/,
      ],
      [
        producer.send({ topic: 'orders', messages: [{ key: 'k' } as Message] }),
        /^Invalid message without value for topic "orders": {"key":"k"}$/,
      ],
      [idempotent.send({ topic: 'orders', messages, acks: 1 }), /EoS guarantees$/],
      [producer.transaction(), /^Must provide transactional id/],
    ] as const
    for (const [call, message] of refusals) await assert.rejects(call, { name: 'KafkaJSNonRetriableError', message })
    assert.throws(() => producer.on('producer.nothing' as 'producer.connect', () => {}), KafkaJSNonRetriableError)
    await producer.disconnect()
    await idempotent.disconnect()
  }, threePartitions))

test('a topic that is not there fails with what the broker says, and the producer goes on', () =>
  withKafka(
    async kafka => {
      const producer = kafka.producer({ retry: { retries: 1, initialRetryTime: 5 } })
      await producer.connect()
      const lost = producer.send({ topic: 'nowhere', messages: [{ value: 'x' }] })
      await assert.rejects(lost, (error: Error & { cause?: { type?: string } }) => {
        assert.equal(error.name, 'KafkaJSNumberOfRetriesExceeded')
        assert.equal(error.cause?.type, 'UNKNOWN_TOPIC_OR_PARTITION')
        return true
      })
      const invalid = producer.send({ topic: 'no such/name', messages: [{ value: 'x' }] })
      await assert.rejects(invalid, (error: Error & { cause?: { type?: string } }) => {
        assert.equal(error.name, 'KafkaJSNonRetriableError')
        return true
      })
      const [place] = await producer.send({ topic: 'payments', messages: [{ value: 'x' }] })
      assert.equal(place!.baseOffset, '0')
      await producer.disconnect()
    },
    { broker: { topics: ['payments'], settings: { 'auto.create.topics.enable': false } } },
  ))

test('acks=0 is answered at once with nothing, and the message arrives', () =>
  withKafka(async (kafka, broker) => {
    const producer = kafka.producer()
    await producer.connect()
    assert.deepEqual(await producer.send({ topic: 'payments', acks: 0, messages: [{ value: 'x' }] }), [])
    assert.equal((await broker.records('payments', { count: 1 }))[0]!.value, 'x')
    await producer.disconnect()
  }, threePartitions))

test('a message that the broker finds too large is refused with its code', () =>
  withKafka(async kafka => {
    const producer = kafka.producer()
    await producer.connect()
    const send = producer.send({ topic: 'payments', messages: [{ value: 'x'.repeat(1_100_000) }] })
    await assert.rejects(send, { name: 'KafkaJSProtocolError', type: 'MESSAGE_TOO_LARGE', code: 10, retriable: false })
    await producer.disconnect()
  }, threePartitions))

test('a transaction is seen when it is committed, and not when it is aborted', () =>
  withKafka(async (kafka, broker) => {
    const producer = kafka.producer({ transactionalId: 'till', idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    const aborted = await producer.transaction()
    await aborted.send({ topic: 'payments', messages: [{ value: 'aborted' }] })
    await assert.rejects(producer.transaction(), /already an ongoing transaction/)
    assert.equal(aborted.isActive(), true)
    await aborted.abort()
    assert.equal(aborted.isActive(), false)
    await assert.rejects(aborted.send({ topic: 'payments', messages: [{ value: 'late' }] }), /once ended/)

    const committed = await producer.transaction()
    const topicMessages = [{ topic: 'payments', messages: [{ value: 'committed' }] }]
    await committed.sendBatch({ topicMessages, compression: CompressionTypes.GZIP })
    // What uncommittedOffsets() answers names partitions by text.
    const partition = '0' as unknown as number
    const offsets = { topics: [{ topic: 'orders', partitions: [{ partition, offset: '7' }] }] }
    await committed.sendOffsets({ consumerGroupId: 'clerks', ...offsets })
    await committed.commit()

    const admin = kafka.admin()
    const found = await admin.fetchOffsets({ groupId: 'clerks' })
    assert.deepEqual(found, [{ topic: 'orders', partitions: [{ partition: 0, offset: '7', metadata: null }] }])
    await admin.disconnect()
    assert.deepEqual(
      (await broker.records('payments')).map(({ value }) => value),
      ['committed'],
    )
    await producer.disconnect()
  }, threePartitions))

test('connections and requests are told of by events', () =>
  withKafka(async kafka => {
    const producer = kafka.producer()
    const seen = new Collected<string>()
    const requests: { apiName: string; size: number; duration: number; broker: string }[] = []
    producer.on(producer.events.CONNECT, ({ type }) => seen.add(type))
    producer.on(producer.events.DISCONNECT, ({ type }) => seen.add(type))
    const silence = producer.on(producer.events.REQUEST, ({ payload }) => requests.push(payload))
    await producer.connect()
    await producer.send({ topic: 'payments', messages: [{ value: 'x' }] })
    const names = requests.map(({ apiName }) => apiName)
    assert.deepEqual([names.includes('ApiVersions'), names.includes('Metadata'), names.at(-1)], [true, true, 'Produce'])
    assert.ok(requests.every(({ size, duration }) => size > 0 && duration >= 0))
    silence()
    await producer.send({ topic: 'payments', messages: [{ value: 'x' }] })
    assert.equal(requests.length, names.length)
    await producer.disconnect()
    assert.deepEqual([...seen], ['producer.connect', 'producer.disconnect'])
  }, threePartitions))

test('many sends that nobody awaits one by one arrive, in order', () =>
  withKafka(async (kafka, broker) => {
    const producer = kafka.producer()
    await producer.connect()
    const count = 2000
    const sends = Array.from({ length: count }, (_, index) =>
      producer.send({ topic: 'payments', messages: [{ value: String(index) }] }),
    )
    const places = await Promise.all(sends)
    assert.deepEqual(
      places.map(([place]) => Number(place!.baseOffset)),
      [...Array(count).keys()],
    )
    assert.deepEqual(
      (await broker.records('payments', { count })).map(({ value }) => Number(value)),
      [...Array(count).keys()],
    )
    await producer.disconnect()
  }, threePartitions))
