import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Admin,
  ConfigResourceTypes,
  ConfigSource,
  type Kafka,
  type KafkaJSAggregateError,
  type KafkaJSDeleteGroupsError,
  type KafkaJSDeleteTopicRecordsError,
} from '../index.ts'
import { withKafka } from '../testing/with-kafka.ts'

const topics = { broker: { topics: [{ name: 'orders', numPartitions: 2 }, 'payments'] } }

async function withAdmin(kafka: Kafka, body: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await body(admin)
  await admin.disconnect()
}

async function produce(kafka: Kafka, topic: string, count: number): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  const messages = Array.from({ length: count }, (_, index) => ({
    partition: 0,
    value: 'x',
    timestamp: String(1000 + index),
  }))
  await producer.send({ topic, messages })
  await producer.disconnect()
}

test('topics are created once, listed, described, given more partitions and deleted', () =>
  withKafka(
    kafka =>
      withAdmin(kafka, async admin => {
        const wanted = {
          topic: 'shipments',
          numPartitions: 2,
          configEntries: [{ name: 'retention.ms', value: '1000' }],
        }
        assert.equal(await admin.createTopics({ topics: [{ topic: 'planned' }], validateOnly: true }), true)
        assert.equal(await admin.createTopics({ topics: [wanted] }), true)
        assert.equal(await admin.createTopics({ topics: [wanted] }), false)
        assert.deepEqual((await admin.listTopics()).sort(), ['orders', 'payments', 'shipments'])
        await admin.createPartitions({ topicPartitions: [{ topic: 'shipments', count: 3 }] })
        const { topics: found } = await admin.fetchTopicMetadata({ topics: ['shipments'] })
        const partition = (partitionId: number) => {
          return { partitionErrorCode: 0, partitionId, leader: 1, replicas: [1], isr: [1], offlineReplicas: [] }
        }
        assert.deepEqual(found, [{ name: 'shipments', partitions: [0, 1, 2].map(partition) }])
        await admin.deleteTopics({ topics: ['shipments'] })
        assert.deepEqual((await admin.listTopics()).sort(), ['orders', 'payments'])
      }),
    topics,
  ))

test('refusals are those of kafkajs: its classes, and the words of the broker', () =>
  withKafka(
    kafka =>
      withAdmin(kafka, async admin => {
        const invalid = admin.createTopics({ topics: [{ topic: 'no such/name' }, { topic: 'orders' }] })
        await assert.rejects(invalid, (error: KafkaJSAggregateError) => {
          assert.deepEqual([error.name, error.message], ['KafkaJSAggregateError', 'Topic creation errors'])
          const refused = error.errors as unknown as { name: string; type: string; topic: string }[]
          assert.deepEqual(refused.map(({ name, type, topic }) => [name, type, topic]).sort(), [
            ['KafkaJSCreateTopicError', 'INVALID_TOPIC_EXCEPTION', 'no such/name'],
            ['KafkaJSCreateTopicError', 'TOPIC_ALREADY_EXISTS', 'orders'],
          ])
          return true
        })
        await assert.rejects(admin.fetchTopicMetadata({ topics: ['nowhere'] }), {
          name: 'KafkaJSProtocolError',
          type: 'UNKNOWN_TOPIC_OR_PARTITION',
        })
        await assert.rejects(admin.createPartitions({ topicPartitions: [{ topic: 'orders', count: 1 }] }), {
          type: 'INVALID_PARTITIONS',
        })
        const words = [
          [
            admin.createTopics({ topics: [{ topic: 'a' }, { topic: 'a' }] }),
            /cannot have multiple entries for the same topic/,
          ],
          [
            admin.createTopics({ topics: [{ topic: 'a', configEntries: [{ name: 'x' } as never] }] }),
            /Entry 0 must have a valid "value" property/,
          ],
          [admin.deleteTopics({ topics: [1 as unknown as string] }), /the names must be a valid string/],
          [admin.describeConfigs({ resources: [], includeSynonyms: false }), /Resources array cannot be empty/],
          [admin.fetchOffsets({ groupId: '' }), /Invalid groupId/],
          [admin.createAcls({ acl: [] }), /Empty ACL array/],
          [
            admin.alterPartitionReassignments({
              topics: [{ topic: 'orders', partitionAssignment: [{ partition: -1, replicas: [1] }] }],
            }),
            /Invalid partitions index: -1/,
          ],
        ] as const
        for (const [call, message] of words) await assert.rejects(call, { name: 'KafkaJSNonRetriableError', message })
      }),
    topics,
  ))

test('offsets of topics: ends, by time, and records deleted before one', () =>
  withKafka(async kafka => {
    await produce(kafka, 'orders', 5)
    await withAdmin(kafka, async admin => {
      assert.deepEqual(await admin.fetchTopicOffsets('orders'), [
        { partition: 0, offset: '5', high: '5', low: '0' },
        { partition: 1, offset: '0', high: '0', low: '0' },
      ])
      assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp('orders', 1003), [
        { partition: 0, offset: '3' },
        { partition: 1, offset: '0' },
      ])
      await admin.deleteTopicRecords({ topic: 'orders', partitions: [{ partition: 0, offset: '2' }] })
      assert.equal((await admin.fetchTopicOffsets('orders'))[0]!.low, '2')
      const nowhere = admin.deleteTopicRecords({
        topic: 'orders',
        partitions: [
          { partition: 0, offset: '3' },
          { partition: 7, offset: '1' },
        ],
      })
      await assert.rejects(nowhere, (error: KafkaJSDeleteTopicRecordsError) => {
        assert.deepEqual([error.name, error.retriable], ['KafkaJSDeleteTopicRecordsError', false])
        assert.deepEqual(
          error.partitions.map(({ partition, error: { name } }) => [partition, name]),
          [[7, 'KafkaJSBrokerNotFound']],
        )
        return true
      })
      assert.equal((await admin.fetchTopicOffsets('orders'))[0]!.low, '2')
      const far = admin.deleteTopicRecords({ topic: 'orders', partitions: [{ partition: 0, offset: '9' }] })
      await assert.rejects(far, (error: Error & { cause?: KafkaJSDeleteTopicRecordsError }) => {
        assert.equal(error.name, 'KafkaJSNonRetriableError')
        assert.deepEqual(
          error.cause!.partitions.map(each => (each.error as { type?: string }).type),
          ['OFFSET_OUT_OF_RANGE'],
        )
        return true
      })
    })
  }, topics))

test('offsets of groups are set, reset, resolved and fetched while nobody consumes', () =>
  withKafka(async kafka => {
    await produce(kafka, 'payments', 5)
    await withAdmin(kafka, async admin => {
      const groupId = 'clerks'
      const offsets = async (options = {}) =>
        (await admin.fetchOffsets({ groupId, topics: ['payments'], ...options }))[0]!.partitions
      const at = (offset: string) => [{ partition: 0, offset, metadata: null }]
      assert.deepEqual(await offsets(), at('-1'))
      await admin.setOffsets({ groupId, topic: 'payments', partitions: [{ partition: 0, offset: '3' }] })
      assert.deepEqual(await offsets(), at('3'))
      await admin.resetOffsets({ groupId, topic: 'payments', earliest: true })
      assert.deepEqual(await offsets({ resolveOffsets: true }), at('0'))
      assert.deepEqual(await offsets(), at('0'))
      await admin.resetOffsets({ groupId, topic: 'payments', earliest: false })
      assert.deepEqual(await offsets({ resolveOffsets: true }), at('5'))

      const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50 })
      await consumer.connect()
      await consumer.subscribe({ topic: 'payments' })
      await consumer.run({ eachMessage: async () => {} })
      const running = admin.setOffsets({ groupId, topic: 'payments', partitions: [{ partition: 0, offset: '1' }] })
      await assert.rejects(running, /must have no running instances, current state: Stable/)
      await assert.rejects(admin.deleteGroups([groupId]), (error: KafkaJSDeleteGroupsError) => {
        assert.equal(error.name, 'KafkaJSDeleteGroupsError')
        assert.deepEqual(
          error.groups.map(group => [group.groupId, group.error?.type]),
          [[groupId, 'NON_EMPTY_GROUP']],
        )
        return true
      })
      assert.deepEqual(await admin.listGroups(), { groups: [{ groupId, protocolType: 'consumer' }] })
      await consumer.disconnect()
      assert.deepEqual(await admin.deleteGroups([groupId]), [{ groupId, errorCode: 0 }])
      assert.deepEqual(await admin.listGroups(), { groups: [] })
    })
  }, topics))

test('configuration is altered as a whole, and described with where each value comes from', () =>
  withKafka(
    kafka =>
      withAdmin(kafka, async admin => {
        const name = 'orders'
        const type = ConfigResourceTypes.TOPIC
        const set = (configEntries: { name: string; value: string }[]) =>
          admin.alterConfigs({ validateOnly: false, resources: [{ type, name, configEntries }] })
        await set([{ name: 'retention.ms', value: '1000' }])
        await set([{ name: 'cleanup.policy', value: 'compact' }])
        const query = { type, name, configNames: ['retention.ms', 'cleanup.policy'] }
        const { resources } = await admin.describeConfigs({ resources: [query], includeSynonyms: true })
        const entries = resources[0]!.configEntries.map(entry => [
          entry.configName,
          entry.configValue,
          entry.configSource,
          entry.isDefault,
        ])
        assert.deepEqual(entries.sort(), [
          ['cleanup.policy', 'compact', ConfigSource.TOPIC_CONFIG, false],
          ['retention.ms', '604800000', ConfigSource.DEFAULT_CONFIG, true],
        ])
        const broker = await admin.describeConfigs({
          resources: [{ type: ConfigResourceTypes.BROKER, name: '1' }],
          includeSynonyms: false,
        })
        assert.ok(broker.resources[0]!.configEntries.some(({ configName }) => configName === 'log.retention.ms'))
        await assert.rejects(set([{ name: 'retention.ms', value: 'soon' }]), {
          name: 'KafkaJSProtocolError',
          type: 'INVALID_CONFIG',
        })
      }),
    topics,
  ))

test('the cluster describes itself, and reassignments are listed', () =>
  withKafka(
    (kafka, broker) =>
      withAdmin(kafka, async admin => {
        const [host, port] = broker.bootstrapServers.split(':')
        const { brokers, controller, clusterId } = await admin.describeCluster()
        assert.deepEqual(
          [brokers, controller, typeof clusterId],
          [[{ nodeId: 1, host, port: Number(port) }], 1, 'string'],
        )
        assert.deepEqual(await admin.listPartitionReassignments({}), { topics: [] })
      }),
    topics,
  ))
