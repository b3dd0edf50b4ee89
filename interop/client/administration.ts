/**
 * What the admin client asks of a real broker, family by family: each check says what Apache Kafka 4.4 answers. Those that Dorsale does not serve yet
 * are not in passing.json for it, and join the list on the day they pass.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import {
  type Admin,
  type ConfigResourceType,
  type ConsumerGroupDescription,
  type Outcome,
  offsetPlaces,
} from '@dorsale/client'
import type { ProtocolError } from '@dorsale/protocol'
import type { KafkaTools } from '../clients.ts'
import { type Running, until } from '../processes.ts'

/** Other clients, besides the admin. */
export interface Others {
  readonly tools: KafkaTools
  /** Sends one record with an idempotent producer. */
  produce(topic: string, partition: number): Promise<void>
  /** Begins a transaction, sends one record, runs `body`, and answers the name of the error with which the transaction then ends. */
  inTransaction(transactionalId: string, topic: string, body: () => Promise<void>): Promise<string | undefined>
  /** For the logs of what it starts. */
  readonly directory: string
}

export interface AdminCheck {
  readonly name: string
  readonly run: (admin: Admin, others: Others) => Promise<void>
}

const none = undefined
const nowhere = 'AAAAAAAAAAAAAAAAAAAAAQ'
const deadlineMs = 10_000
/** A JVM has to start. */
const memberDeadlineMs = 30_000

export const clusterChecks: readonly AdminCheck[] = [
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
      // Groups of the checks before have settings too.
      const own = resources.filter(({ name }) => name.startsWith('admin-'))
      assert.deepEqual(own.map(({ type, name }) => `${type} ${name}`).sort(), [
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
  {
    name: 'groups without members: their offsets altered, listed, deleted',
    async run(admin) {
      const at = (partition: number, offset: number) => ({ topic: 'admin-a', partition, offset })
      await admin.alterConsumerGroupOffsets('admin-simple', [{ ...at(0, 7), metadata: 'why' }, at(1, 8), at(2, 9)])
      const refused = await admin.alterConsumerGroupOffsets('admin-simple', [at(77, 0)]).outcomes()
      assert.deepEqual(refused.map(errorNameOf), ['UNKNOWN_TOPIC_OR_PARTITION'])
      const [all, some, nothing] = await admin.listConsumerGroupOffsets([
        { groupId: 'admin-simple' },
        { groupId: 'admin-simple', partitions: [{ topic: 'admin-a', partition: 1 }] },
        { groupId: 'admin-missing' },
      ])
      assert.deepEqual(all?.map(({ partition, offset, metadata }) => [partition, offset, metadata]).sort(), [
        [0, 7, 'why'],
        [1, 8, ''],
        [2, 9, ''],
      ])
      assert.deepEqual([some?.length, some?.[0]?.offset, nothing?.length], [1, 8, 0])
      const listings = await admin.listConsumerGroups()
      const listing = listings.find(({ groupId }) => groupId === 'admin-simple')
      assert.deepEqual(listing, {
        groupId: 'admin-simple',
        type: 'Classic',
        protocol: '',
        groupState: 'Empty',
        isSimpleConsumerGroup: true,
      })
      const [group, missing] = await admin.describeConsumerGroups(['admin-simple', 'admin-missing']).outcomes()
      assert.deepEqual([group?.value?.groupState, group?.value?.isSimpleConsumerGroup], ['Empty', true])
      assert.equal(errorNameOf(missing!), 'GROUP_ID_NOT_FOUND')
      await admin.deleteConsumerGroupOffsets('admin-simple', [{ topic: 'admin-a', partition: 2 }])
      assert.equal((await admin.listConsumerGroupOffsets([{ groupId: 'admin-simple' }]))[0]?.length, 2)
      const deleted = await admin.deleteConsumerGroups(['admin-simple', 'admin-missing']).outcomes()
      assert.deepEqual(deleted.map(errorNameOf), [none, 'GROUP_ID_NOT_FOUND'])
    },
  },
  {
    name: 'a classic group, described, and its member removed',
    run: (admin, others) =>
      withMember(others, { group: 'admin-classic', protocol: 'classic' }, async () => {
        const group = await assigned(admin, 'admin-classic')
        assert.deepEqual([group.type, group.groupState, group.partitionAssignor], ['Classic', 'Stable', 'range'])
        assert.deepEqual([group.coordinator.nodeId, group.members[0]?.groupInstanceId], [1, 'admin-classic-1'])
        const [classic] = await admin.describeClassicGroups(['admin-classic'])
        assert.deepEqual([classic?.protocol, classic?.members[0]?.assignment.length], ['consumer', 3])
        const [listing] = (await admin.listGroups({ groupStates: ['Stable'], types: ['Classic'] })).filter(isOurs)
        assert.deepEqual([listing?.groupId, listing?.protocol], ['admin-classic', 'consumer'])
        const refused = await admin
          .alterConsumerGroupOffsets('admin-classic', [{ topic: 'admin-a', partition: 0, offset: 0 }])
          .outcomes()
        assert.deepEqual(refused.map(errorNameOf), ['UNKNOWN_MEMBER_ID'])
        const stays = await admin.deleteConsumerGroups(['admin-classic']).outcomes()
        assert.deepEqual(stays.map(errorNameOf), ['NON_EMPTY_GROUP'])
        const subscribed = await admin
          .deleteConsumerGroupOffsets('admin-classic', [{ topic: 'admin-a', partition: 0 }])
          .outcomes()
        assert.deepEqual(subscribed.map(errorNameOf), ['GROUP_SUBSCRIBED_TO_TOPIC'])
        const removed = await admin
          .removeMembersFromConsumerGroup('admin-classic', {
            members: [{ groupInstanceId: 'admin-classic-1' }, { groupInstanceId: 'nobody' }],
            reason: 'a check',
          })
          .outcomes()
        assert.deepEqual(removed.map(errorNameOf), [none, 'UNKNOWN_MEMBER_ID'])
      }),
  },
  {
    name: 'a group of KIP-848, described, and all its members removed',
    run: (admin, others) =>
      withMember(others, { group: 'admin-consumer', protocol: 'consumer' }, async () => {
        const group = await assigned(admin, 'admin-consumer')
        const [member] = group.members
        assert.deepEqual([group.type, group.groupState, group.partitionAssignor], ['Consumer', 'Stable', 'uniform'])
        assert.deepEqual([member?.targetAssignment?.length, member?.upgraded], [3, true])
        assert.deepEqual([member?.subscribedTopicNames, (member?.memberEpoch ?? 0) > 0], [['admin-a'], true])
        const [classic] = await admin.describeClassicGroups(['admin-consumer']).outcomes()
        assert.equal(errorNameOf(classic!), 'GROUP_ID_NOT_FOUND')
        const [listing] = (await admin.listGroups({ types: ['Consumer'] })).filter(isOurs)
        assert.deepEqual([listing?.groupId, listing?.type], ['admin-consumer', 'Consumer'])
        const removed = await admin.removeMembersFromConsumerGroup('admin-consumer').outcomes()
        assert.deepEqual(removed.map(errorNameOf), [none])
      }),
  },
  {
    name: 'log directories, of brokers and of replicas',
    async run(admin) {
      const [[dir] = []] = await admin.describeLogDirs([1])
      const ours = dir?.replicaInfos.filter(({ topic }) => topic === 'admin-a') ?? []
      assert.deepEqual(ours.map(({ partition }) => partition).sort(), [0, 1, 2])
      assert.ok((dir?.totalBytes ?? 0) > (dir?.usableBytes ?? Number.POSITIVE_INFINITY))
      const replica = { topic: 'admin-a', partition: 0, brokerId: 1 }
      const [place] = await admin.describeReplicaLogDirs([replica])
      assert.deepEqual([place?.currentReplicaLogDir, place?.futureReplicaLogDir], [dir?.logDir, undefined])
      const moved = await admin
        .alterReplicaLogDirs([
          { ...replica, logDir: dir!.logDir },
          { ...replica, partition: 1, logDir: '/not/there' },
        ])
        .outcomes()
      assert.deepEqual(moved.map(errorNameOf), [none, 'LOG_DIR_NOT_FOUND'])
      const [elsewhere] = await admin.describeLogDirs([7]).outcomes()
      assert.equal(errorNameOf(elsewhere!), 'BROKER_NOT_AVAILABLE')
    },
  },
  {
    name: 'the metadata quorum',
    async run(admin) {
      const quorum = await admin.describeMetadataQuorum()
      assert.deepEqual([quorum.leaderId, quorum.voters.length, quorum.nodes.length], [1, 1, 1])
      assert.equal(quorum.nodes[0]?.endpoints[0]?.name, 'CONTROLLER')
      assert.ok(quorum.highWatermark > 0)
      const { replicaDirectoryId } = quorum.voters[0]!
      const stranger = admin.removeRaftVoter(77, replicaDirectoryId)
      await assert.rejects(stranger, { errorName: 'VOTER_NOT_FOUND' })
      const again = admin.addRaftVoter(1, replicaDirectoryId, [...quorum.nodes[0]!.endpoints])
      await assert.rejects(again, { errorName: 'DUPLICATE_VOTER' })
      const elsewhere = admin.removeRaftVoter(1, replicaDirectoryId, { clusterId: 'another' })
      await assert.rejects(elsewhere, { errorName: 'INCONSISTENT_CLUSTER_ID' })
    },
  },
  {
    name: 'features described and updated',
    async run(admin) {
      const features = await admin.describeFeatures({ nodeId: 1 })
      const level = features.finalizedFeatures.get('metadata.version')?.maxVersionLevel ?? 0
      assert.ok(level > 1 && level <= (features.supportedFeatures.get('metadata.version')?.maxVersion ?? 0))
      assert.ok((features.finalizedFeaturesEpoch ?? -1) >= 0)
      const same = { feature: 'metadata.version', maxVersionLevel: level }
      await admin.updateFeatures([same], { validateOnly: true })
      const [absurd] = await admin.updateFeatures([{ ...same, maxVersionLevel: 30_000 }]).outcomes()
      assert.equal(errorNameOf(absurd!), 'INVALID_UPDATE_VERSION')
      const [down] = await admin
        .updateFeatures([{ ...same, maxVersionLevel: 1, upgradeType: 'SAFE_DOWNGRADE' }])
        .outcomes()
      assert.equal(errorNameOf(down!), 'INVALID_UPDATE_VERSION')
    },
  },
  {
    name: 'leaders elected, replicas reassigned',
    async run(admin) {
      const partitions = [
        { topic: 'admin-a', partition: 0 },
        { topic: 'missing', partition: 0 },
      ]
      const elected = await admin.electLeaders('PREFERRED', partitions).outcomes()
      assert.deepEqual(
        new Map(elected.map(outcome => [outcome.key.topic, errorNameOf(outcome)])),
        new Map([
          ['admin-a', 'ELECTION_NOT_NEEDED'],
          ['missing', 'UNKNOWN_TOPIC_OR_PARTITION'],
        ]),
      )
      assert.deepEqual(await admin.electLeaders('UNCLEAN'), [])
      const reassigned = await admin
        .alterPartitionReassignments([
          { topic: 'admin-a', partition: 0, targetReplicas: [1] },
          { topic: 'admin-a', partition: 1, targetReplicas: undefined },
          { topic: 'admin-a', partition: 2, targetReplicas: [1, 7] },
        ])
        .outcomes()
      assert.deepEqual(reassigned.map(errorNameOf), [none, 'NO_REASSIGNMENT_IN_PROGRESS', 'INVALID_REPLICA_ASSIGNMENT'])
      assert.deepEqual(await admin.listPartitionReassignments(), [])
      assert.deepEqual(await admin.listPartitionReassignments(partitions), [])
    },
  },
  {
    name: 'producers of partitions, and brokers that are not there',
    async run(admin, { produce }) {
      await produce('admin-a', 0)
      const at = (partition: number) => ({ topic: 'admin-a', partition })
      const [states, quiet] = await admin.describeProducers([at(0), at(1)])
      assert.deepEqual([states?.length, states?.[0]?.lastSequence, states?.[0]?.producerEpoch], [1, 0, 0])
      assert.deepEqual([states?.[0]?.currentTransactionStartOffset, quiet], [undefined, []])
      assert.equal((await admin.describeProducers([at(0)], { brokerId: 1 }))[0]?.length, 1)
      await assert.rejects(admin.unregisterBroker(77), { errorName: 'BROKER_ID_NOT_REGISTERED' })
    },
  },
]

const isOurs = ({ groupId }: { groupId: string }) => groupId.startsWith('admin-')

async function withMember(
  { tools, directory }: Others,
  { group, protocol }: { group: string; protocol: 'classic' | 'consumer' },
  body: () => Promise<void>,
): Promise<void> {
  const properties = { 'group.protocol': protocol, 'group.instance.id': `${group}-1` }
  const logFile = join(directory, `${group}.log`)
  const member: Running = tools.startMember({ topic: 'admin-a', group, properties, logFile })
  try {
    await body()
  } finally {
    member.child.kill('SIGKILL')
    await member.ended
  }
}

/** The description of a group as soon as its member has every partition. */
async function assigned(admin: Admin, groupId: string): Promise<ConsumerGroupDescription> {
  let found: ConsumerGroupDescription | undefined
  await until(`the member of ${groupId}`, memberDeadlineMs, async () => {
    const [outcome] = await admin.describeConsumerGroups([groupId]).outcomes()
    found = outcome?.value
    return found?.members[0]?.assignment.length === 3
  })
  return found as ConsumerGroupDescription
}

/** Kafka's name of what refused a thing; undefined: nothing did. */
export function errorNameOf({ error }: Outcome<unknown, unknown>): string | undefined {
  return error === undefined ? undefined : ((error as ProtocolError).errorName ?? error.message)
}

async function names(admin: Admin): Promise<string[]> {
  const topics = await admin.listTopics()
  return topics
    .map(({ name }) => name)
    .filter(name => name.startsWith('admin-'))
    .sort()
}
