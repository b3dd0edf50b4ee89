import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes, listGroupsRequest, offsetFetchRequest } from '@dorsale/protocol'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { type Admin, createAdmin } from './admin.ts'

async function withAdmin(brokers: number, body: (admin: Admin, cluster: FakeCluster) => Promise<void>): Promise<void> {
  await withCluster({ brokers }, async (cluster, world: ClientWorld) => {
    const admin = createAdmin({ world, settings: { 'bootstrap.servers': cluster.bootstrap } })
    await body(admin, cluster)
    await admin.close()
  })
}

test('groups are listed by every broker, once each, and a broker that cannot has its own outcome', () =>
  withAdmin(2, async (admin, cluster) => {
    let isForbidden = false
    const group = (groupId: string, groupType: string) => ({
      groupId,
      protocolType: 'consumer',
      groupState: 'Stable',
      groupType,
    })
    cluster.script = ({ name, nodeId }) => {
      if (name !== 'ListGroups') return undefined
      if (nodeId === 2 && isForbidden) return { answer: { errorCode: errorCodes.GROUP_AUTHORIZATION_FAILED } }
      return { answer: { groups: [group('both', 'classic'), group(`only-${nodeId}`, 'consumer')] } }
    }
    const listings = await admin.listGroups()
    assert.deepEqual(listings.map(({ groupId, type }) => [groupId, type]).sort(), [
      ['both', 'Classic'],
      ['only-1', 'Consumer'],
      ['only-2', 'Consumer'],
    ])
    isForbidden = true
    const outcomes = await admin.listGroups().outcomes()
    assert.deepEqual(
      outcomes.map(({ key, value }) => [key, value?.length]),
      [
        [1, 2],
        [2, undefined],
      ],
    )
    await assert.rejects(admin.listGroups(), { errorName: 'GROUP_AUTHORIZATION_FAILED' })
  }))

test('a broker without types of groups is not asked for them', () =>
  withAdmin(1, async (admin, cluster) => {
    cluster.apiVersionMax.set(listGroupsRequest.apiKey!, 4)
    cluster.script = ({ name }) => (name === 'ListGroups' ? { answer: { groups: [{ groupId: 'a' }] } } : undefined)
    const [listing] = await admin.listConsumerGroups()
    assert.deepEqual([listing?.groupId, listing?.type, listing?.isSimpleConsumerGroup], ['a', undefined, true])
    await assert.rejects(admin.listGroups({ types: ['Share'] }), { errorName: 'UNSUPPORTED_VERSION' })
  }))

test('each group is asked for at its coordinator, which is looked up anew when it has moved', () =>
  withAdmin(2, async (admin, cluster) => {
    let hasMoved = false
    cluster.coordinators.set('b', 2)
    cluster.script = seen => {
      if (seen.name !== 'DeleteGroups') return undefined
      const { groupsNames } = seen.body as { groupsNames: string[] }
      const answers = groupsNames.map(groupId => {
        const isHere = seen.nodeId === 2 || (groupId === 'a' && hasMoved)
        if (!isHere) {
          hasMoved = true
          cluster.coordinators.set('a', 2)
        }
        return { groupId, errorCode: isHere ? 0 : errorCodes.NOT_COORDINATOR }
      })
      return { answer: { results: answers } }
    }
    await admin.deleteConsumerGroups(['a', 'b'])
    const asked = cluster.seen.filter(({ name }) => name === 'DeleteGroups')
    assert.deepEqual(asked.map(({ nodeId }) => nodeId).sort(), [1, 2, 2])
  }))

test('older brokers are asked for the offsets of one group at a time', () =>
  withAdmin(1, async (admin, cluster) => {
    cluster.apiVersionMax.set(offsetFetchRequest.apiKey!, 7)
    cluster.script = seen => {
      if (seen.name !== 'OffsetFetch') return undefined
      const { groupId } = seen.body as { groupId: string }
      const partitions = [
        { partitionIndex: 0, committedOffset: groupId.length, metadata: 'm' },
        { partitionIndex: 1, committedOffset: -1 },
      ]
      return { answer: { topics: [{ name: 't', partitions }] } }
    }
    const found = await admin.listConsumerGroupOffsets([{ groupId: 'a' }, { groupId: 'bb' }])
    const offset = (length: number) => ({
      topic: 't',
      partition: 0,
      offset: length,
      leaderEpoch: undefined,
      metadata: 'm',
    })
    assert.deepEqual(found, [[offset(1)], [offset(2)]])
    assert.equal(cluster.count('OffsetFetch'), 2)
  }))

test('a group of another kind is not described as one of consumers, and a dead one is not there', () =>
  withAdmin(1, async (admin, cluster) => {
    cluster.script = seen => {
      if (seen.name === 'ConsumerGroupDescribe') {
        const { groupIds } = seen.body as { groupIds: string[] }
        return { answer: { groups: groupIds.map(groupId => ({ groupId, errorCode: errorCodes.GROUP_ID_NOT_FOUND })) } }
      }
      if (seen.name !== 'DescribeGroups') return undefined
      const { groups } = seen.body as { groups: string[] }
      return {
        answer: {
          groups: groups.map(groupId => ({
            groupId,
            protocolType: groupId,
            groupState: groupId === '' ? 'Dead' : 'Stable',
            members: [{ memberId: 'm', memberAssignment: Buffer.from('odd') }],
          })),
        },
      }
    }
    const [connect, dead] = await admin.describeConsumerGroups(['connect', '']).outcomes()
    assert.match(connect!.error!.message, /^connect is a group of connect, and not of consumers/)
    assert.match(dead!.error!.message, /there is no such group/)
    const [classic] = await admin.describeClassicGroups(['connect'])
    assert.equal(Buffer.from(classic!.members[0]!.assignmentBytes).toString(), 'odd')
  }))
