/**
 * What the admin client asks of a real broker, family by family: each check says what Apache Kafka 4.4 answers. Those that Dorsale does not serve yet
 * are not in passing.json for it, and join the list on the day they pass.
 */
import assert from 'node:assert/strict'
import { type Admin, type ConfigResourceType, type Outcome, offsetPlaces } from '@dorsale/client'
import type { ProtocolError } from '@dorsale/protocol'
import { until } from '../processes.ts'

export interface AdminCheck {
  readonly name: string
  readonly run: (admin: Admin) => Promise<void>
}

const nowhere = 'AAAAAAAAAAAAAAAAAAAAAQ'
const deadlineMs = 10_000

export const adminChecks: readonly AdminCheck[] = [
  {
    name: 'topics, by name and id, each with its own outcome',
    async run(admin) {
      const topics = [
        { name: 'admin-a', numPartitions: 3, configs: { 'retention.ms': '123456' } },
        { name: 'admin-b', replicasAssignments: [[1], [1]] },
      ]
      const [wouldBe] = await admin.createTopics(topics.slice(0, 1), { validateOnly: true })
      assert.deepEqual([wouldBe?.numPartitions, wouldBe?.replicationFactor], [3, 1])
      const [a, b] = await admin.createTopics(topics)
      assert.deepEqual([a?.numPartitions, b?.numPartitions], [3, 2])
      const retention = a?.configs?.find(({ name }) => name === 'retention.ms')
      assert.deepEqual([retention?.value, retention?.source], ['123456', 'DYNAMIC_TOPIC_CONFIG'])
      const again = await admin
        .createTopics([
          { name: 'admin-a' },
          { name: 'admin-c', numPartitions: 1 },
          { name: 'no/name', numPartitions: 1 },
          { name: 'admin-d', numPartitions: 0 },
          { name: 'admin-e', replicationFactor: 3 },
        ])
        .outcomes()
      assert.deepEqual(again.map(errorNameOf), [
        'TOPIC_ALREADY_EXISTS',
        undefined,
        'INVALID_TOPIC_EXCEPTION',
        'INVALID_PARTITIONS',
        'INVALID_REPLICATION_FACTOR',
      ])
      await until('the topics', deadlineMs, async () => (await names(admin)).join() === 'admin-a,admin-b,admin-c')
      const described = await admin
        .describeTopics(['admin-a', { topicId: b!.topicId }, 'missing', { topicId: nowhere }], {
          includeAuthorizedOperations: true,
        })
        .outcomes()
      assert.deepEqual(described.map(errorNameOf), [
        undefined,
        undefined,
        'UNKNOWN_TOPIC_OR_PARTITION',
        'UNKNOWN_TOPIC_ID',
      ])
      const [byName, byId] = described
      assert.deepEqual([byId?.value?.name, byName?.value?.topicId], ['admin-b', a!.topicId])
      const [partition] = byName!.value!.partitions
      assert.deepEqual([partition?.leaderId, partition?.replicas, partition?.isr], [1, [1], [1]])
      assert.ok(byName?.value?.authorizedOperations?.includes('ALTER_CONFIGS'))
      const [paged] = await admin.describeTopics(['admin-a'], { partitionSizeLimitPerResponse: 1 })
      assert.deepEqual(
        paged?.partitions.map(({ index }) => index),
        [0, 1, 2],
      )
      const grown = await admin
        .createPartitions([
          { name: 'admin-b', totalCount: 4, newAssignments: [[1], [1]] },
          { name: 'admin-a', totalCount: 2 },
          { name: 'missing', totalCount: 2 },
        ])
        .outcomes()
      assert.deepEqual(grown.map(errorNameOf), [undefined, 'INVALID_PARTITIONS', 'UNKNOWN_TOPIC_OR_PARTITION'])
      const deleted = await admin.deleteTopics(['missing', { topicId: b!.topicId }, 'admin-c']).outcomes()
      assert.deepEqual(deleted.map(errorNameOf), ['UNKNOWN_TOPIC_OR_PARTITION', undefined, undefined])
      await until('the deletion', deadlineMs, async () => (await names(admin)).join() === 'admin-a')
    },
  },
  {
    name: 'the cluster, with its fenced brokers',
    async run(admin) {
      const cluster = await admin.describeCluster({ includeAuthorizedOperations: true, includeFencedBrokers: true })
      assert.deepEqual([cluster.controllerId, cluster.brokers.length, cluster.brokers[0]?.isFenced], [1, 1, false])
      assert.ok(cluster.authorizedOperations?.includes('CREATE'))
    },
  },
  {
    name: 'settings described, with synonyms and documentation',
    async run(admin) {
      const [topic, broker, missing] = await admin
        .describeConfigs(
          [
            { type: 'TOPIC', name: 'admin-a', keys: ['retention.ms', 'segment.bytes'] },
            { type: 'BROKER', name: '1', keys: ['log.retention.ms', 'num.network.threads'] },
            { type: 'TOPIC', name: 'missing' },
          ],
          { includeSynonyms: true, includeDocumentation: true },
        )
        .outcomes()
      const retention = topic?.value?.find(({ name }) => name === 'retention.ms')
      assert.deepEqual(
        [retention?.value, retention?.type, retention?.source, retention?.isDefault],
        ['123456', 'LONG', 'DYNAMIC_TOPIC_CONFIG', false],
      )
      assert.equal(retention?.synonyms[0]?.source, 'DYNAMIC_TOPIC_CONFIG')
      assert.ok((retention?.documentation?.length ?? 0) > 10)
      const threads = broker?.value?.find(({ name }) => name === 'num.network.threads')
      assert.deepEqual([threads?.value, threads?.source, threads?.type], ['3', 'DEFAULT_CONFIG', 'INT'])
      assert.equal(errorNameOf(missing!), 'UNKNOWN_TOPIC_OR_PARTITION')
    },
  },
  {
    name: 'settings altered, each resource for itself',
    async run(admin) {
      const set = (name: string, value: string) => ({ name, op: 'SET', value }) as const
      const altered = await admin
        .incrementalAlterConfigs([
          {
            type: 'TOPIC',
            name: 'admin-a',
            ops: [
              set('segment.ms', '7654321'),
              { name: 'retention.ms', op: 'DELETE' },
              { name: 'cleanup.policy', op: 'APPEND', value: 'compact' },
            ],
          },
          { type: 'TOPIC', name: 'missing', ops: [set('segment.ms', '1')] },
          { type: 'BROKER', name: '', ops: [set('log.cleaner.threads', '2')] },
          { type: 'BROKER_LOGGER', name: '1', ops: [set('kafka.server.KafkaApis', 'WARN')] },
          { type: 'CLIENT_METRICS', name: 'admin-metrics', ops: [set('interval.ms', '60000')] },
          { type: 'GROUP', name: 'admin-group', ops: [set('consumer.session.timeout.ms', '50000')] },
        ])
        .outcomes()
      const none = undefined
      assert.deepEqual(altered.map(errorNameOf), [none, 'UNKNOWN_TOPIC_OR_PARTITION', none, none, none, none])
      const value = async (type: ConfigResourceType, name: string, key: string) => {
        const [entries] = await admin.describeConfigs([{ type, name, keys: [key] }])
        return entries?.[0]?.value
      }
      await until(
        'the new values',
        deadlineMs,
        async () => (await value('TOPIC', 'admin-a', 'segment.ms')) === '7654321',
      )
      assert.equal(await value('TOPIC', 'admin-a', 'retention.ms'), '604800000')
      assert.equal(await value('TOPIC', 'admin-a', 'cleanup.policy'), 'delete,compact')
      assert.equal(await value('BROKER', '', 'log.cleaner.threads'), '2')
      assert.equal(await value('BROKER_LOGGER', '1', 'kafka.server.KafkaApis'), 'WARN')
      assert.equal(await value('CLIENT_METRICS', 'admin-metrics', 'interval.ms'), '60000')
      assert.equal(await value('GROUP', 'admin-group', 'consumer.session.timeout.ms'), '50000')
      const resources = await admin.listConfigResources({ types: ['CLIENT_METRICS', 'GROUP'] })
      assert.deepEqual(resources.map(({ type, name }) => `${type} ${name}`).sort(), [
        'CLIENT_METRICS admin-metrics',
        'GROUP admin-group',
      ])
    },
  },
  {
    name: 'offsets by every spec',
    async run(admin) {
      const at = (timestamp: number) => ({ topic: 'admin-a', partition: 0, timestamp })
      const found = await admin.listOffsets([...Object.values(offsetPlaces), 0].map(at), {
        isolationLevel: 'read_committed',
      })
      assert.deepEqual(
        found.map(({ offset }) => offset),
        [0, 0, -1, 0, -1, -1, -1],
      )
    },
  },
  {
    name: 'records deleted from the front',
    async run(admin) {
      const before = (partition: number, beforeOffset: number) => ({ topic: 'admin-a', partition, beforeOffset })
      const deleted = await admin.deleteRecords([before(0, -1), before(1, 5), before(2, 0)]).outcomes()
      assert.deepEqual(deleted.map(errorNameOf), [undefined, 'OFFSET_OUT_OF_RANGE', undefined])
      assert.equal(deleted[0]?.value?.lowWatermark, 0)
    },
  },
]

function errorNameOf({ error }: Outcome<unknown, unknown>): string | undefined {
  return error === undefined ? undefined : ((error as ProtocolError).errorName ?? error.message)
}

async function names(admin: Admin): Promise<string[]> {
  const topics = await admin.listTopics()
  return topics
    .map(({ name }) => name)
    .filter(name => name.startsWith('admin-'))
    .sort()
}
