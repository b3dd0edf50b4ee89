/** As administration.ts: who may do what, and how much of it; transactions; groups that share. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { anyMatch } from '@dorsale/client'
import { until } from '../processes.ts'
import { type AdminCheck, errorNameOf } from './administration.ts'

const none = undefined
const deadlineMs = 10_000
/** A JVM has to start. */
const memberDeadlineMs = 30_000

export const accessChecks: readonly AdminCheck[] = [
  {
    name: 'quotas altered, described, taken away',
    async run(admin) {
      const entity = { user: 'admin-alice', 'client-id': null }
      const altered = await admin
        .alterClientQuotas([
          { entity, ops: { producer_byte_rate: 1024, consumer_byte_rate: 2048 } },
          { entity: { user: 'admin-bob' }, ops: { no_such_quota: 1 } },
          { entity: { ip: '127.0.0.9' }, ops: { connection_creation_rate: 77 } },
        ])
        .outcomes()
      assert.deepEqual(altered.map(errorNameOf), [none, 'INVALID_REQUEST', none])
      const alice = {
        components: [
          { entityType: 'user', match: 'admin-alice' },
          { entityType: 'client-id', match: anyMatch },
        ],
      } as const
      const expected = [{ entity, values: { producer_byte_rate: 1024, consumer_byte_rate: 2048 } }]
      await until('the quotas', deadlineMs, async () => (await admin.describeClientQuotas(alice)).length === 1)
      assert.deepEqual(await admin.describeClientQuotas(alice), expected)
      const strict = { components: [{ entityType: 'user', match: 'admin-alice' }], strict: true }
      assert.deepEqual(await admin.describeClientQuotas(strict), [])
      await admin.alterClientQuotas([
        { entity, ops: { producer_byte_rate: undefined, consumer_byte_rate: undefined } },
        { entity: { ip: '127.0.0.9' }, ops: { connection_creation_rate: undefined } },
      ])
      await until('their end', deadlineMs, async () => (await admin.describeClientQuotas()).length === 0)
    },
  },
  {
    name: 'SCRAM credentials set, described, deleted',
    async run(admin) {
      const user = 'admin-scram'
      const altered = await admin
        .alterUserScramCredentials([
          { user, mechanism: 'SCRAM-SHA-256', password: 'secret' },
          { user: 'admin-weak', mechanism: 'SCRAM-SHA-512', password: 'secret', iterations: 1 },
          { user: 'admin-nobody', mechanism: 'SCRAM-SHA-256' },
        ])
        .outcomes()
      assert.deepEqual(altered.map(errorNameOf), [none, 'UNACCEPTABLE_CREDENTIAL', 'RESOURCE_NOT_FOUND'])
      await admin.alterUserScramCredentials([
        { user, mechanism: 'SCRAM-SHA-512', password: 'secret', iterations: 8192 },
      ])
      await until('the credentials', deadlineMs, async () => {
        const [found] = await admin.describeUserScramCredentials([user]).outcomes()
        return found?.value?.credentialInfos.length === 2
      })
      const credentials = await admin.describeUserScramCredentials()
      const infos = credentials.find(each => each.user === user)?.credentialInfos ?? []
      // Kafka answers in the order of a hash table, which differs from one process to the next.
      assert.deepEqual(infos.map(({ mechanism, iterations }) => `${mechanism} ${iterations}`).sort(), [
        'SCRAM-SHA-256 4096',
        'SCRAM-SHA-512 8192',
      ])
      await admin.alterUserScramCredentials([{ user, mechanism: 'SCRAM-SHA-256' }])
      await admin.alterUserScramCredentials([{ user, mechanism: 'SCRAM-SHA-512' }])
      const [gone] = await admin.describeUserScramCredentials(['admin-nobody']).outcomes()
      assert.equal(errorNameOf(gone!), 'RESOURCE_NOT_FOUND')
    },
  },
  {
    name: 'ACLs and tokens, refused where nothing asks for a name',
    async run(admin) {
      const binding = {
        resourceType: 'TOPIC',
        resourceName: 'admin-a',
        patternType: 'LITERAL',
        principal: 'User:alice',
        host: '*',
        operation: 'READ',
        permissionType: 'ALLOW',
      } as const
      const [created] = await admin.createAcls([binding]).outcomes()
      assert.equal(errorNameOf(created!), 'SECURITY_DISABLED')
      await assert.rejects(admin.describeAcls({}), { errorName: 'SECURITY_DISABLED' })
      const [deleted] = await admin.deleteAcls([{ principal: 'User:alice' }]).outcomes()
      assert.equal(errorNameOf(deleted!), 'SECURITY_DISABLED')
      await assert.rejects(admin.createDelegationToken(), { errorName: 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED' })
    },
  },
  {
    name: 'transactions described and listed, their producers fenced, their ends written',
    async run(admin, { inTransaction }) {
      const fenced = await inTransaction('admin-txn', 'admin-a', async () => {
        const [transaction] = await admin.describeTransactions(['admin-txn'])
        assert.deepEqual([transaction?.state, transaction?.coordinatorId], ['Ongoing', 1])
        assert.deepEqual(transaction?.topicPartitions, [{ topic: 'admin-a', partition: 0 }])
        const listed = await admin.listTransactions({
          filteredStates: ['Ongoing'],
          filteredTransactionalIdPattern: 'admin-.*',
        })
        assert.deepEqual(
          listed.map(({ transactionalId, producerId }) => [transactionalId, producerId]),
          [['admin-txn', transaction?.producerId]],
        )
        assert.deepEqual(await admin.listTransactions({ filteredDurationMs: 3_600_000 }), [])
        const [producer] = await admin.fenceProducers(['admin-txn'])
        assert.equal(producer?.producerId, transaction?.producerId)
        assert.ok((producer?.producerEpoch ?? 0) > (transaction?.producerEpoch ?? 0))
      })
      assert.ok(fenced === 'PRODUCER_FENCED' || fenced === 'INVALID_PRODUCER_EPOCH', String(fenced))
      const [missing] = await admin.describeTransactions(['admin-missing']).outcomes()
      assert.equal(errorNameOf(missing!), 'TRANSACTIONAL_ID_NOT_FOUND')
      // The broker's log takes a marker for a transaction of its own knowledge: the record that was written is aborted once more.
      const ended = await inTransaction('admin-hanging', 'admin-a', async () => {
        const [states] = await admin.describeProducers([{ topic: 'admin-a', partition: 0 }])
        const open = states?.find(({ currentTransactionStartOffset }) => currentTransactionStartOffset !== undefined)
        const { producerId, producerEpoch } = open!
        await admin.abortTransaction({ topic: 'admin-a', partition: 0, producerId, producerEpoch })
        const [after] = await admin.describeProducers([{ topic: 'admin-a', partition: 0 }])
        const same = after?.find(each => each.producerId === producerId)
        assert.equal(same?.currentTransactionStartOffset, undefined)
        await admin.forceTerminateTransaction('admin-hanging')
      })
      assert.ok(ended !== undefined)
    },
  },
  {
    name: 'a share group, described, its offsets altered and deleted',
    async run(admin, { tools, directory }) {
      const group = 'admin-share'
      const member = tools.startMember({ topic: 'admin-a', group, isShare: true, logFile: join(directory, group) })
      try {
        await until('the member of the share group', memberDeadlineMs, async () => {
          const [outcome] = await admin.describeShareGroups([group]).outcomes()
          return outcome?.value?.members[0]?.assignment.length === 3
        })
        const [described] = await admin.describeShareGroups([group])
        assert.deepEqual([described?.groupState, described?.coordinator.nodeId], ['Stable', 1])
        assert.deepEqual(described?.members[0]?.subscribedTopicNames, ['admin-a'])
        const listed = await admin.listGroups({ types: ['Share'] })
        const listing = listed.find(({ groupId }) => groupId === group)
        assert.deepEqual([listing?.type, listing?.protocol], ['Share', 'share'])
        const busy = admin.alterShareGroupOffsets(group, [{ topic: 'admin-a', partition: 0, startOffset: 0 }])
        await assert.rejects(busy, { errorName: 'NON_EMPTY_GROUP' })
      } finally {
        member.child.kill('SIGTERM')
        await member.ended
      }
      await until('an empty group', memberDeadlineMs, async () => {
        const [empty] = await admin.describeShareGroups([group])
        return empty?.groupState === 'Empty'
      })
      await admin.alterShareGroupOffsets(group, [
        { topic: 'admin-a', partition: 0, startOffset: 1 },
        { topic: 'admin-a', partition: 1, startOffset: 0 },
      ])
      const [offsets] = await admin.listShareGroupOffsets([{ groupId: group }])
      const first = offsets?.find(({ partition }) => partition === 0)
      assert.equal(first?.startOffset, 1)
      await admin.deleteShareGroupOffsets(group, ['admin-a'])
      assert.deepEqual(await admin.listShareGroupOffsets([{ groupId: group }]), [[]])
      const deleted = await admin.deleteShareGroups([group, 'admin-missing']).outcomes()
      assert.deepEqual(deleted.map(errorNameOf), [none, 'GROUP_ID_NOT_FOUND'])
    },
  },
  {
    name: 'streams groups that are not there, and metrics that nobody collects',
    async run(admin) {
      const [missing] = await admin.describeStreamsGroups(['admin-missing']).outcomes()
      assert.equal(errorNameOf(missing!), 'GROUP_ID_NOT_FOUND')
      const resources = await admin.listClientMetricsResources()
      assert.deepEqual(resources, [{ type: 'CLIENT_METRICS', name: 'admin-metrics' }])
      await assert.rejects(admin.clientInstanceId(), { code: 'DORSALE_NO_TELEMETRY' })
    },
  },
]
