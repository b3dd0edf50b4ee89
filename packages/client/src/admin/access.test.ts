import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes } from '@dorsale/protocol'
import { type FakeCluster, type Seen, withCluster } from '../testing/fake-cluster.ts'
import type { AclBinding } from './acls.ts'
import { type Admin, createAdmin } from './admin.ts'
import { anyMatch } from './quotas.ts'

async function withAdmin(
  answer: (seen: Seen) => object | undefined,
  body: (admin: Admin, cluster: FakeCluster) => Promise<void>,
): Promise<void> {
  await withCluster({}, async (cluster, world) => {
    cluster.script = seen => {
      const found = answer(seen)
      return found && { answer: found }
    }
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    await body(admin, cluster)
    await admin.close()
  })
}

const bodyOf = (cluster: FakeCluster, name: string) => cluster.seen.findLast(seen => seen.name === name)!.body

const binding: AclBinding = {
  resourceType: 'TOPIC',
  resourceName: 'a',
  patternType: 'PREFIXED',
  principal: 'User:alice',
  host: '*',
  operation: 'WRITE',
  permissionType: 'ALLOW',
}
const onWire = {
  resourceType: 2,
  resourceName: 'a',
  principal: 'User:alice',
  host: '*',
  operation: 4,
  permissionType: 3,
}

test('ACLs are told apart by their place, for they have no names', () => {
  const refusal = { errorCode: errorCodes.INVALID_REQUEST, errorMessage: 'no' }
  const answers: Record<string, object> = {
    CreateAcls: { results: [{}, refusal] },
    DescribeAcls: {
      resources: [{ resourceType: 2, resourceName: 'a', patternType: 4, acls: [{ ...onWire }] }],
    },
    DeleteAcls: {
      filterResults: [{ matchingAcls: [{ ...onWire, patternType: 4, ...refusal }] }, refusal],
    },
  }
  return withAdmin(
    ({ name }) => answers[name],
    async (admin, cluster) => {
      const [one, other] = await admin.createAcls([binding, { ...binding, host: 'h' }]).outcomes()
      assert.deepEqual([one?.error, other?.error?.message], [undefined, 'User:alice, WRITE of topic a: no'])
      const { creations } = bodyOf(cluster, 'CreateAcls') as { creations: object[] }
      assert.deepEqual(creations[0], { ...onWire, resourcePatternType: 4 })
      assert.deepEqual(await admin.describeAcls({ patternType: 'MATCH' }), [binding])
      assert.deepEqual(bodyOf(cluster, 'DescribeAcls'), {
        resourceTypeFilter: 1,
        resourceNameFilter: null,
        patternTypeFilter: 2,
        principalFilter: null,
        hostFilter: null,
        operation: 1,
        permissionType: 1,
      })
      const [deleted, refused] = await admin.deleteAcls([binding, {}]).outcomes()
      assert.deepEqual(deleted?.value?.[0]?.binding, binding)
      assert.equal(deleted?.value?.[0]?.error?.errorName, 'INVALID_REQUEST')
      assert.equal(refused?.error?.message, 'the deletion of ACLs: no')
    },
  )
})

test('quotas name their entities in any order, and null is the default', () => {
  const entity = [
    { entityType: 'user', entityName: null },
    { entityType: 'client-id', entityName: 'c' },
  ]
  const answers: Record<string, object> = {
    AlterClientQuotas: { entries: [{ entity }] },
    DescribeClientQuotas: { entries: [{ entity, values: [{ key: 'k', value: 0.5 }] }] },
  }
  return withAdmin(
    ({ name }) => answers[name],
    async (admin, cluster) => {
      await admin.alterClientQuotas([{ entity: { 'client-id': 'c', user: null }, ops: { k: 0.5, gone: undefined } }])
      const { entries } = bodyOf(cluster, 'AlterClientQuotas') as { entries: { ops: object[] }[] }
      assert.deepEqual(entries[0]?.ops, [
        { key: 'k', value: 0.5, remove: false },
        { key: 'gone', value: 0, remove: true },
      ])
      const components = [
        { entityType: 'user', match: null },
        { entityType: 'client-id', match: anyMatch },
        { entityType: 'ip', match: '::1' },
      ] as const
      const found = await admin.describeClientQuotas({ components })
      assert.deepEqual(found, [{ entity: { user: null, 'client-id': 'c' }, values: { k: 0.5 } }])
      const asked = bodyOf(cluster, 'DescribeClientQuotas') as { components: { matchType: number }[] }
      assert.deepEqual(
        asked.components.map(({ matchType }) => matchType),
        [1, 2, 0],
      )
    },
  )
})

test('a delegation token is made for whom it shall act, and found again with its renewers', () => {
  const owner = { principalType: 'User', principalName: 'alice' }
  const token = { ...owner, tokenId: 'id', hmac: Buffer.from('secret') }
  const answers: Record<string, object> = {
    CreateDelegationToken: { ...token, issueTimestampMs: 1, expiryTimestampMs: 2, maxTimestampMs: 3 },
    RenewDelegationToken: { expiryTimestampMs: 9 },
    ExpireDelegationToken: { errorCode: errorCodes.DELEGATION_TOKEN_EXPIRED },
    DescribeDelegationToken: { tokens: [{ ...token, renewers: [owner] }] },
  }
  return withAdmin(
    ({ name }) => answers[name],
    async (admin, cluster) => {
      const alice = { principalType: 'User', name: 'alice' }
      const made = await admin.createDelegationToken({ owner: alice, renewers: [alice] })
      assert.deepEqual([made.owner, made.tokenRequester, made.expiryTimestamp], [alice, alice, 2])
      const { maxLifetimeMs, ownerPrincipalName } = bodyOf(cluster, 'CreateDelegationToken') as {
        maxLifetimeMs: number
        ownerPrincipalName: string
      }
      assert.deepEqual([maxLifetimeMs, ownerPrincipalName], [-1, 'alice'])
      assert.equal(await admin.renewDelegationToken(made.hmac, { renewTimePeriodMs: 5 }), 9)
      const expired = admin.expireDelegationToken(made.hmac)
      await assert.rejects(expired, { errorName: 'DELEGATION_TOKEN_EXPIRED' })
      const [found] = await admin.describeDelegationToken()
      assert.deepEqual(found?.renewers, [alice])
    },
  )
})

test('a password becomes what SCRAM keeps of it before it leaves the client', () =>
  withAdmin(
    ({ name }) =>
      name === 'AlterUserScramCredentials' ? { results: [{ user: 'alice' }, { user: 'bob' }] } : undefined,
    async (admin, cluster) => {
      const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
      await admin.alterUserScramCredentials([
        { user: 'alice', mechanism: 'SCRAM-SHA-256', password: 'pencil', salt },
        { user: 'bob', mechanism: 'SCRAM-SHA-512' },
      ])
      const { deletions, upsertions } = bodyOf(cluster, 'AlterUserScramCredentials') as {
        deletions: object[]
        upsertions: { saltedPassword: Uint8Array; iterations: number }[]
      }
      assert.deepEqual(deletions, [{ name: 'bob', mechanism: 2 }])
      // Of the example in RFC 7677.
      const expected = 'xKSVEDI6tPlSysH6mUQZOeeOp01r6B3fcJbodRPcYV0='
      assert.equal(Buffer.from(upsertions[0]!.saltedPassword).toString('base64'), expected)
      assert.equal(upsertions[0]!.iterations, 4096)
    },
  ))

test('a producer is fenced when what it has open has been aborted', () => {
  let refusals = 2
  return withAdmin(
    ({ name, body }) => {
      if (name !== 'InitProducerId') return undefined
      assert.equal((body as { transactionTimeoutMs: number }).transactionTimeoutMs, 30_000)
      return refusals-- > 0 ? { errorCode: errorCodes.CONCURRENT_TRANSACTIONS } : { producerId: 7n, producerEpoch: 3 }
    },
    async (admin, cluster) => {
      const fenced = await admin.fenceProducers(['t'])
      assert.deepEqual(fenced, [{ transactionalId: 't', producerId: 7n, producerEpoch: 3 }])
      assert.equal(cluster.count('InitProducerId'), 3)
    },
  )
})

test('a streams group is described with its tasks, and in the words of its application where they are asked for (KIP-1331)', () => {
  const node = (name: string, nodeType: number, more: object) => ({ name, nodeType, ...more })
  const nodes = [
    node('in', 1, { sourceTopics: ['orders'], successors: ['count'] }),
    node('count', 2, { stores: ['counts'], successors: ['out'] }),
    node('out', 3, { sinkTopic: 'totals' }),
    node('new', 9, {}),
  ]
  const source = node('rates-in', 1, { sourceTopics: ['rates'], successors: ['rates'] })
  const processor = node('rates', 2, { stores: ['rates'] })
  const task = { subtopologyId: '0', partition: 1 }
  const member = { memberId: 'm', taskOffsets: [{ ...task, offset: 5 }], taskEndOffsets: [{ ...task, offset: 9 }] }
  const words = { subtopologies: [{ subtopologyId: '0', nodes }], globalStores: [{ source, processor }] }
  const asked: object[] = []
  return withAdmin(
    ({ name, body }) => {
      if (name !== 'StreamsGroupDescribe') return undefined
      asked.push(body as object)
      const { includeTopologyDescription: isAsked } = body as { includeTopologyDescription: boolean }
      const group = { groupId: 'k', groupState: 'Stable', assignorName: 'sticky', members: [member] }
      const told = isAsked ? { topologyDescription: words, topologyDescriptionStatus: 3 } : {}
      return { groups: [{ ...group, ...told }] }
    },
    async admin => {
      const [plain] = await admin.describeStreamsGroups(['k'])
      assert.deepEqual([plain?.topologyDescription, plain?.topologyDescriptionStatus], [undefined, 'NOT_REQUESTED'])
      assert.equal(plain?.assignorName, 'sticky')
      assert.deepEqual(plain?.members[0]?.taskOffsets, [{ ...task, offset: 5 }])
      assert.deepEqual(plain?.members[0]?.taskEndOffsets, [{ ...task, offset: 9 }])
      const [whole] = await admin.describeStreamsGroups(['k'], { includeTopologyDescription: true })
      assert.equal(whole?.topologyDescriptionStatus, 'AVAILABLE')
      const { subtopologies, globalStores } = whole!.topologyDescription!
      const none = { topics: [], topic: undefined, stores: [], successors: [], predecessors: [] }
      assert.deepEqual(subtopologies, [
        {
          id: '0',
          nodes: [
            { ...none, name: 'in', type: 'SOURCE', topics: ['orders'], successors: ['count'] },
            {
              ...none,
              name: 'count',
              type: 'PROCESSOR',
              stores: ['counts'],
              successors: ['out'],
              predecessors: ['in'],
            },
            { ...none, name: 'out', type: 'SINK', topic: 'totals', predecessors: ['count'] },
            { ...none, name: 'new', type: 'UNKNOWN' },
          ],
        },
      ])
      assert.deepEqual(globalStores[0]?.processor.predecessors, ['rates-in'])
    },
  )
})

test('share groups have no offsets where they have not begun, and a streams group may have no topology', () => {
  const partitions = [
    { partitionIndex: 0, startOffset: 4, leaderEpoch: 1, lag: -1 },
    { partitionIndex: 1, startOffset: -1 },
  ]
  const answers: Record<string, object> = {
    DescribeShareGroupOffsets: { groups: [{ groupId: 's', topics: [{ topicName: 't', partitions }] }] },
    StreamsGroupDescribe: { groups: [{ groupId: 'k', groupState: 'NotReady', topology: null }] },
  }
  return withAdmin(
    ({ name }) => answers[name],
    async admin => {
      const [offsets] = await admin.listShareGroupOffsets([{ groupId: 's' }])
      const unknown = { startOffset: undefined, leaderEpoch: undefined, lag: undefined }
      assert.deepEqual(offsets, [
        { topic: 't', partition: 0, startOffset: 4, leaderEpoch: 1, lag: undefined },
        { topic: 't', partition: 1, ...unknown },
      ])
      const [group] = await admin.describeStreamsGroups(['k'])
      assert.deepEqual([group?.groupState, group?.topologyEpoch, group?.subtopologies], ['NotReady', -1, []])
    },
  )
})
