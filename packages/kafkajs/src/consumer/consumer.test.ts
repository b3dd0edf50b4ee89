import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AssignerProtocol,
  type Consumer,
  type Kafka,
  type KafkaMessage,
  type PartitionAssigner,
  PartitionAssigners,
} from '../index.ts'
import { Collected, withKafka } from '../testing/with-kafka.ts'

const topics = { broker: { topics: [{ name: 'orders', numPartitions: 2 }, 'payments'] } }
const fast = { maxWaitTimeInMs: 50, heartbeatInterval: 50 }

async function produce(kafka: Kafka, topic: string, values: readonly string[], partition = 0): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: values.map(value => ({ partition, value })) })
  await producer.disconnect()
}

async function subscribed(kafka: Kafka, topic: string | RegExp, groupId = 'clerks'): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId, ...fast })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  return consumer
}

const textOf = ({ value }: KafkaMessage) => String(value)

test('eachMessage is given every message, in order, and what it was given is committed', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', ['a', 'b', 'c'])
    const consumer = await subscribed(kafka, 'payments')
    const seen = new Collected<string>()
    const commits = new Collected<unknown>()
    consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => commits.add(payload.topics))
    await consumer.run({
      eachMessage: async ({ topic, partition, message }) =>
        seen.add(`${topic}-${partition}@${message.offset} ${textOf(message)}`),
    })
    await commits.reach(1)
    assert.deepEqual([...seen], ['payments-0@0 a', 'payments-0@1 b', 'payments-0@2 c'])
    // Text, as in kafkajs, whatever its types say.
    assert.deepEqual(commits[0], [{ topic: 'payments', partitions: [{ partition: '0', offset: '3' }] }])
    await consumer.disconnect()

    // Another run of the group goes on behind it.
    await produce(kafka, 'payments', ['d'])
    const next = await subscribed(kafka, 'payments')
    const more = new Collected<string>()
    await next.run({ eachMessage: async ({ message }) => more.add(textOf(message)) })
    await more.reach(1)
    assert.deepEqual([...more], ['d'])
    await next.disconnect()
  }, topics))

test('eachBatch resolves what it has handled: the rest comes again', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', ['a', 'b', 'c', 'd'])
    const consumer = await subscribed(kafka, 'payments')
    const batches = new Collected<string[]>()
    await consumer.run({
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, uncommittedOffsets, isRunning, isStale, heartbeat }) => {
        assert.deepEqual(
          [batch.topic, batch.partition, batch.highWatermark, batch.lastOffset()],
          ['payments', 0, '4', '3'],
        )
        assert.deepEqual([isRunning(), isStale(), batch.isEmpty(), batch.offsetLag()], [true, false, false, '0'])
        await heartbeat()
        batches.add(batch.messages.map(textOf))
        resolveOffset(batch.messages[Math.min(1, batch.messages.length - 1)]!.offset)
        if (batches.length === 1) {
          const partitions = [{ partition: '0', offset: '2' }]
          assert.deepEqual(uncommittedOffsets(), { topics: [{ topic: 'payments', partitions }] })
        }
      },
    })
    await batches.reach(2)
    assert.deepEqual(
      [...batches],
      [
        ['a', 'b', 'c', 'd'],
        ['c', 'd'],
      ],
    )
    await consumer.disconnect()
  }, topics))

test('a message whose handler throws comes again, and what came before does not', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', ['a', 'bad', 'c'])
    const consumer = await subscribed(kafka, 'payments')
    const seen = new Collected<string>()
    let failures = 0
    await consumer.run({
      eachMessage: async ({ message }) => {
        seen.add(textOf(message))
        if (textOf(message) === 'bad' && failures++ < 2) throw new Error('not today')
      },
    })
    await seen.reach(5)
    assert.deepEqual([...seen], ['a', 'bad', 'bad', 'bad', 'c'])
    await consumer.disconnect()
  }, topics))

test('a handler that fails for good crashes the consumer, which begins again when restartOnFailure says so', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', ['bad'])
    const asked: string[] = []
    const consumer = kafka.consumer({
      groupId: 'clerks',
      ...fast,
      retry: {
        retries: 1,
        initialRetryTime: 5,
        restartOnFailure: async error => {
          asked.push(error.name)
          return asked.length < 2
        },
      },
    })
    await consumer.connect()
    await consumer.subscribe({ topic: 'payments', fromBeginning: true })
    const crashes = new Collected<{ error: Error; restart: boolean }>()
    consumer.on(consumer.events.CRASH, ({ payload }) => crashes.add(payload))
    let count = 0
    await consumer.run({
      eachMessage: async () => {
        count++
        throw new Error('never')
      },
    })
    await crashes.reach(2)
    assert.equal(count, 4)
    assert.deepEqual(
      crashes.map(({ error, restart }) => [error.name, error.message, restart]),
      [
        ['KafkaJSNumberOfRetriesExceeded', 'never', true],
        ['KafkaJSNumberOfRetriesExceeded', 'never', false],
      ],
    )
    assert.deepEqual(asked, ['KafkaJSNumberOfRetriesExceeded', 'KafkaJSNumberOfRetriesExceeded'])
    await consumer.disconnect()
  }, topics))

test('a mistake of the program is not tried again', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', ['x'])
    const consumer = await subscribed(kafka, 'payments')
    const crashes = new Collected<{ error: Error; restart: boolean }>()
    consumer.on(consumer.events.CRASH, ({ payload }) => crashes.add(payload))
    let count = 0
    await consumer.run({
      eachMessage: async () => {
        count++
        throw new TypeError('undefined is not a function')
      },
    })
    await crashes.reach(1)
    assert.deepEqual([count, crashes[0]!.error.name, crashes[0]!.restart], [1, 'KafkaJSNonRetriableError', false])
    await consumer.disconnect()
  }, topics))

test('pause holds a partition back in the middle of its batch, and the function that it answers lets it go on', () =>
  withKafka(async kafka => {
    await produce(kafka, 'orders', ['a', 'b'], 0)
    await produce(kafka, 'orders', ['c'], 1)
    const consumer = await subscribed(kafka, 'orders')
    const seen = new Collected<string>()
    let resume = () => {}
    await consumer.run({
      eachMessage: async ({ message, pause }) => {
        seen.add(textOf(message))
        if (textOf(message) === 'a') resume = pause()
      },
    })
    await seen.reach(2)
    await produce(kafka, 'orders', ['d'], 1)
    await seen.reach(3)
    assert.deepEqual([...seen].sort(), ['a', 'c', 'd'])
    assert.deepEqual(consumer.paused(), [{ topic: 'orders', partitions: [0] }])
    resume()
    await seen.reach(4)
    assert.equal(seen[3], 'b')
    assert.deepEqual(consumer.paused(), [])
    consumer.pause([{ topic: 'orders' }])
    assert.deepEqual(consumer.paused(), [{ topic: 'orders', partitions: [0, 1] }])
    consumer.resume([{ topic: 'orders', partitions: [1] }])
    assert.deepEqual(consumer.paused(), [{ topic: 'orders', partitions: [0] }])
    await consumer.disconnect()
  }, topics))

test('seek goes elsewhere, and what is left of the batch is stale', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', ['a', 'b', 'c'])
    const consumer = await subscribed(kafka, 'payments')
    const seen = new Collected<string>()
    let sought = false
    await consumer.run({
      eachMessage: async ({ message }) => {
        seen.add(textOf(message))
        if (sought) return
        sought = true
        consumer.seek({ topic: 'payments', partition: 0, offset: '2' })
      },
    })
    await seen.reach(2)
    assert.deepEqual([...seen], ['a', 'c'])
    consumer.seek({ topic: 'payments', partition: 0, offset: '-2' })
    await seen.reach(5)
    assert.deepEqual([...seen].slice(2), ['a', 'b', 'c'])
    await consumer.disconnect()
  }, topics))

test('as many partitions at once as partitionsConsumedConcurrently says, each in order', () =>
  withKafka(async kafka => {
    await produce(kafka, 'orders', ['a', 'b'], 0)
    await produce(kafka, 'orders', ['c', 'd'], 1)
    const consumer = await subscribed(kafka, 'orders')
    const both = Promise.withResolvers<void>()
    const seen = new Collected<string>()
    const begun = new Set<number>()
    await consumer.run({
      partitionsConsumedConcurrently: 2,
      eachMessage: async ({ partition, message }) => {
        begun.add(partition)
        if (begun.size === 2) both.resolve()
        // Only if both run at the same time does this settle.
        await both.promise
        seen.add(textOf(message))
      },
    })
    await seen.reach(4)
    assert.ok(seen.indexOf('a') < seen.indexOf('b') && seen.indexOf('c') < seen.indexOf('d'))
    await consumer.disconnect()
  }, topics))

test('a second member takes its share, and each message is handled once (no endless rebalances)', () =>
  withKafka(async kafka => {
    const seen = new Collected<string>()
    const joins = new Collected<Record<string, number[]>>()
    const open = async () => {
      const consumer = await subscribed(kafka, 'orders')
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => joins.add(payload.memberAssignment))
      await consumer.run({ eachMessage: async ({ message }) => seen.add(textOf(message)) })
      return consumer
    }
    const one = await open()
    assert.deepEqual(joins[0], { orders: [0, 1] })
    const rebalancing = new Collected<string>()
    one.on(one.events.REBALANCING, ({ payload }) => rebalancing.add(payload.groupId))
    const other = await open()
    await joins.reach(3)
    assert.deepEqual(
      joins
        .slice(1)
        .map(({ orders }) => orders)
        .sort(),
      [[0], [1]],
    )
    await produce(kafka, 'orders', ['a', 'b'], 0)
    await produce(kafka, 'orders', ['c', 'd'], 1)
    await seen.reach(4)
    assert.deepEqual([...seen].sort(), ['a', 'b', 'c', 'd'])
    assert.deepEqual([...rebalancing], ['clerks'])
    await other.disconnect()
    await joins.reach(4)
    assert.deepEqual([joins.length, joins[3]], [4, { orders: [0, 1] }])
    await one.disconnect()
  }, topics))

test('a handler that is busy for longer than the session keeps its place (heartbeats starved while processing)', () =>
  withKafka(
    async (kafka, broker) => {
      await produce(kafka, 'payments', ['slow', 'next'])
      const consumer = kafka.consumer({
        groupId: 'clerks',
        maxWaitTimeInMs: 50,
        sessionTimeout: 300,
        heartbeatInterval: 60,
      })
      await consumer.connect()
      await consumer.subscribe({ topics: ['payments'], fromBeginning: true })
      const beats = new Collected<string>()
      consumer.on(consumer.events.HEARTBEAT, ({ payload }) => beats.add(payload.memberId))
      const seen = new Collected<string>()
      const joins = new Collected<string>()
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => joins.add(payload.memberId))
      await consumer.run({
        eachMessage: async ({ message }) => {
          // Longer than the session, and it never calls heartbeat().
          if (textOf(message) === 'slow') await beats.reach(8)
          seen.add(textOf(message))
        },
      })
      await seen.reach(2)
      assert.deepEqual([[...seen], joins.length], [['slow', 'next'], 1])
      const admin = kafka.admin()
      const { groups } = await admin.describeGroups(['clerks'])
      assert.deepEqual(
        groups[0]!.members.map(({ memberId }) => memberId),
        [joins[0]],
      )
      await admin.disconnect()
      await consumer.disconnect()
      assert.equal(broker.fatalError, undefined)
    },
    { broker: { topics: ['payments'], settings: { 'group.min.session.timeout.ms': 100 } } },
  ))

test('a handler that gives no sign of life loses its partitions to others, and comes back when it ends (silent stalls)', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', ['stuck'])
    const one = kafka.consumer({ groupId: 'clerks', ...fast, maxHandlerSilence: 150 })
    await one.connect()
    await one.subscribe({ topics: ['payments'], fromBeginning: true })
    const joins = new Collected<Record<string, number[]>>()
    one.on(one.events.GROUP_JOIN, ({ payload }) => joins.add(payload.memberAssignment))
    const begun = Promise.withResolvers<void>()
    const free = Promise.withResolvers<void>()
    await one.run({
      eachMessage: async () => {
        begun.resolve()
        await free.promise
      },
    })
    await begun.promise
    const other = await subscribed(kafka, 'payments')
    const seen = new Collected<string>()
    await other.run({ eachMessage: async ({ message }) => seen.add(textOf(message)) })
    await seen.reach(1)
    assert.deepEqual([[...seen], joins.length], [['stuck'], 1])
    free.resolve()
    await joins.reach(2)
    await one.disconnect()
    await other.disconnect()
  }, topics))

test('while the group divides anew, heartbeat tells the handler, and its partition is given up when it is done', () =>
  withKafka(async kafka => {
    await produce(kafka, 'orders', ['a', 'b'], 0)
    const one = await subscribed(kafka, 'orders')
    const told = Promise.withResolvers<{ type?: string }>()
    const begun = Promise.withResolvers<void>()
    await one.run({
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
        resolveOffset(batch.messages[0]!.offset)
        begun.resolve()
        for (;;) {
          await heartbeat().catch(error => {
            told.resolve(error)
            throw error
          })
          await new Promise(resolve => setImmediate(resolve))
        }
      },
    })
    await begun.promise
    const other = await subscribed(kafka, 'orders')
    const seen = new Collected<string>()
    await Promise.all([other.run({ eachMessage: async ({ message }) => seen.add(textOf(message)) }), told.promise])
    assert.equal((await told.promise).type, 'REBALANCE_IN_PROGRESS')
    await one.disconnect()
    await seen.reach(1)
    assert.equal(seen[0], 'b')
    await other.disconnect()
  }, topics))

test('a partition assigner of the application divides, with bytes of its own', () =>
  withKafka(async kafka => {
    const told: string[] = []
    const lastOnly: PartitionAssigner = ({ cluster, groupId }) => ({
      name: 'LastOnly',
      version: 1,
      async assign({ members, topics: wanted }) {
        told.push(
          groupId,
          ...members.map(({ memberMetadata }) =>
            String(AssignerProtocol.MemberMetadata.decode(memberMetadata)!.userData),
          ),
        )
        const assignment = Object.fromEntries(
          wanted.map(topic => [
            topic,
            cluster
              .findTopicPartitionMetadata(topic)
              .slice(-1)
              .map(({ partitionId }) => partitionId),
          ]),
        )
        const memberAssignment = AssignerProtocol.MemberAssignment.encode({
          version: 1,
          assignment,
          userData: Buffer.alloc(0),
        })
        return members.map(({ memberId }) => ({ memberId, memberAssignment }))
      },
      protocol: ({ topics: wanted }) => ({
        name: 'LastOnly',
        metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics: wanted, userData: Buffer.from('mine') }),
      }),
    })
    const consumer = kafka.consumer({
      groupId: 'clerks',
      partitionAssigners: [lastOnly, PartitionAssigners.roundRobin],
      ...fast,
    })
    await consumer.connect()
    await consumer.subscribe({ topic: 'orders', fromBeginning: true })
    const joins = new Collected<{
      groupProtocol: string
      memberAssignment: Record<string, number[]>
      isLeader: boolean
    }>()
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => joins.add(payload))
    await consumer.run({ eachMessage: async () => {} })
    assert.deepEqual(
      [joins[0]!.groupProtocol, joins[0]!.memberAssignment, joins[0]!.isLeader],
      ['LastOnly', { orders: [1] }, true],
    )
    assert.deepEqual(told, ['clerks', 'mine'])
    await consumer.disconnect()
  }, topics))

test('partitions that are added to a topic are divided too', () =>
  withKafka(async (kafka, broker) => {
    const consumer = kafka.consumer({ groupId: 'clerks', metadataMaxAge: 50, ...fast })
    await consumer.connect()
    await consumer.subscribe({ topic: 'orders', fromBeginning: true })
    const joins = new Collected<Record<string, number[]>>()
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => joins.add(payload.memberAssignment))
    await consumer.run({ eachMessage: async () => {} })
    await broker.admin.createPartitions([{ name: 'orders', totalCount: 3 }])
    await joins.reach(2)
    assert.deepEqual(joins[1], { orders: [0, 1, 2] })
    await consumer.disconnect()
  }, topics))

test('a pattern subscribes to what it matches, and the committed offset of an aborted transaction goes past its marker', () =>
  withKafka(async kafka => {
    const producer = kafka.producer({ transactionalId: 'till' })
    await producer.connect()
    for (const end of ['abort', 'commit'] as const) {
      const transaction = await producer.transaction()
      await transaction.send({ topic: 'payments', messages: [{ value: end }] })
      await transaction[end]()
    }
    await producer.disconnect()
    const consumer = await subscribed(kafka, /^pay/)
    const seen = new Collected<string>()
    const commits = new Collected<string>()
    consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => commits.add(payload.topics[0]!.partitions[0]!.offset))
    await consumer.run({ eachMessage: async ({ message }) => seen.add(textOf(message)) })
    await commits.reach(1)
    assert.deepEqual([[...seen], commits[0]], [['commit'], '4'])
    await consumer.disconnect()
  }, topics))

test('run need not be awaited before seek, pause and commitOffsets', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', ['a', 'b', 'c'])
    const consumer = await subscribed(kafka, 'payments')
    const seen = new Collected<string>()
    const running = consumer.run({ eachMessage: async ({ message }) => seen.add(textOf(message)) })
    consumer.seek({ topic: 'payments', partition: 0, offset: '1' })
    consumer.pause([{ topic: 'payments' }])
    const committing = consumer.commitOffsets([{ topic: 'payments', partition: 0, offset: '0' }])
    await Promise.all([running, committing])
    assert.deepEqual(consumer.paused(), [{ topic: 'payments', partitions: [0] }])
    assert.equal(seen.length, 0)
    consumer.resume([{ topic: 'payments' }])
    await seen.reach(2)
    assert.deepEqual([...seen], ['b', 'c'])
    await consumer.disconnect()
  }, topics))

test('a member without partitions beats, and tells of fetches as a sign of life', () =>
  withKafka(async kafka => {
    const one = await subscribed(kafka, 'payments')
    const other = await subscribed(kafka, 'payments')
    await one.run({ eachMessage: async () => {} })
    const joins = new Collected<Record<string, number[]>>()
    for (const each of [one, other])
      each.on(each.events.GROUP_JOIN, ({ payload }) => joins.add(payload.memberAssignment))
    const lives = [one, other].map(consumer => {
      const [fetches, beats] = [new Collected<unknown>(), new Collected<unknown>()]
      consumer.on(consumer.events.FETCH, ({ payload }) => fetches.add(payload.nodeId))
      consumer.on(consumer.events.HEARTBEAT, ({ payload }) => beats.add(payload.memberId))
      return { fetches, beats }
    })
    await other.run({ eachMessage: async () => {} })
    await joins.reach(2)
    assert.deepEqual(joins.map(assignment => Object.keys(assignment).length).sort(), [0, 1])
    for (const { fetches, beats } of lives) await Promise.all([fetches.reach(2), beats.reach(2)])
    assert.ok(lives.every(({ fetches }) => fetches[0] === '1'))
    await one.disconnect()
    await other.disconnect()
  }, topics))

test('batches that hold nothing but what was aborted are told of, and passed over', () =>
  withKafka(async kafka => {
    const producer = kafka.producer({ transactionalId: 'till' })
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.send({ topic: 'payments', messages: [{ value: 'aborted' }] })
    await transaction.abort()
    await producer.disconnect()
    const consumer = await subscribed(kafka, 'payments')
    const ends = new Collected<unknown>()
    const commits = new Collected<string>()
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) =>
      ends.add([payload.batchSize, payload.firstOffset, payload.lastOffset]),
    )
    consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => commits.add(payload.topics[0]!.partitions[0]!.offset))
    await consumer.run({ eachMessage: async () => assert.fail('nothing to handle') })
    await commits.reach(1)
    assert.deepEqual([ends[0], commits[0]], [[0, '0', '1'], '2'])
    await consumer.disconnect()
  }, topics))

test('what a transaction of the same Kafka has committed is not open any more (consume, transform, produce)', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', ['a', 'b'])
    const producer = kafka.producer({ transactionalId: 'till', idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    const consumer = await subscribed(kafka, 'payments')
    const opened = new Collected<unknown>()
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, resolveOffset, uncommittedOffsets }) => {
        const transaction = await producer.transaction()
        for (const { value, offset } of batch.messages) {
          await transaction.send({ topic: 'orders', messages: [{ value }] })
          resolveOffset(offset)
        }
        opened.add(uncommittedOffsets())
        await transaction.sendOffsets({ consumerGroupId: 'clerks', ...uncommittedOffsets() })
        await transaction.commit()
        opened.add(uncommittedOffsets())
      },
    })
    await opened.reach(2)
    assert.deepEqual(
      [...opened],
      [{ topics: [{ topic: 'payments', partitions: [{ partition: '0', offset: '2' }] }] }, { topics: [] }],
    )
    await consumer.disconnect()
    await producer.disconnect()
    const admin = kafka.admin()
    const found = await admin.fetchOffsets({ groupId: 'clerks' })
    assert.deepEqual(found, [{ topic: 'payments', partitions: [{ partition: 0, offset: '2', metadata: null }] }])
    await admin.disconnect()
  }, topics))

test('commitOffsets of the application, with its words; with autoCommit off nothing else is committed', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', ['a', 'b'])
    const consumer = await subscribed(kafka, 'payments')
    const seen = new Collected<string>()
    await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => seen.add(textOf(message)) })
    await seen.reach(2)
    const admin = kafka.admin()
    assert.deepEqual(await admin.fetchOffsets({ groupId: 'clerks' }), [])
    await consumer.commitOffsets([{ topic: 'payments', partition: 0, offset: '1', metadata: 'half' }])
    const found = await admin.fetchOffsets({ groupId: 'clerks' })
    assert.deepEqual(found, [{ topic: 'payments', partitions: [{ partition: 0, offset: '1', metadata: 'half' }] }])
    await consumer.disconnect()
    assert.deepEqual(await admin.fetchOffsets({ groupId: 'clerks' }), found)
    await admin.disconnect()
  }, topics))

test('what a consumer cannot do is refused in the words of kafkajs', () =>
  withKafka(async kafka => {
    assert.throws(() => kafka.consumer({ groupId: '' }), {
      name: 'KafkaJSNonRetriableError',
      message: /groupId must be a non-empty string/,
    })
    assert.throws(
      () => kafka.consumer({ groupId: 'g', sessionTimeout: 100, heartbeatInterval: 100 }),
      /must be lower than sessionTimeout/,
    )
    const consumer = await subscribed(kafka, 'payments')
    const before = [
      () => consumer.seek({ topic: 'payments', partition: 0, offset: '0' }),
      () => consumer.pause([{ topic: 'payments' }]),
      () => consumer.resume([{ topic: 'payments' }]),
    ]
    for (const call of before) assert.throws(call, /consumer#run must be called first/)
    await assert.rejects(
      consumer.commitOffsets([{ topic: 'payments', partition: 0, offset: '0' }]),
      /consumer#run must be called first/,
    )
    await consumer.run({ eachMessage: async () => {} })
    assert.throws(
      () => consumer.seek({ topic: '', partition: 0, offset: '0' }),
      /^KafkaJSNonRetriableError: Invalid topic/,
    )
    assert.throws(() => consumer.seek({ topic: 'payments', partition: 0, offset: 'x' }), /expected a long received x/)
    assert.throws(
      () => consumer.seek({ topic: 'payments', partition: 0, offset: '-3' }),
      /must not be a negative number/,
    )
    assert.throws(
      () => consumer.pause([{ topic: 'payments', partitions: ['x'] as unknown as number[] }]),
      /Array of valid partitions required to pause/,
    )
    await assert.rejects(consumer.subscribe({ topic: 'orders' }), /while consumer is running/)
    await consumer.disconnect()
  }, topics))
