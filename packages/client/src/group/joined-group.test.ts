import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '@dorsale/base'
import { errorCodes } from '@dorsale/protocol'
import { type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import type { ClientWorld } from '../world.ts'
import { joinGroup } from './joined-group.ts'

/** A worker that is given some of six tasks, by number. */
function worker(cluster: FakeCluster, world: ClientWorld, name: string) {
  const state = { tasks: [] as number[], assignments: 0, losses: 0, failure: undefined as Error | undefined }
  const group = joinGroup({
    world,
    settings: { 'bootstrap.servers': cluster.bootstrap },
    groupId: 'workers',
    protocolType: 'tasks',
    duties: {
      protocols: () => [{ name: 'v1', metadata: Buffer.from(name) }],
      prepare: takeLoss => {
        if (takeLoss()) state.losses++
        state.tasks = []
      },
      assign: (_protocol, members) => {
        const names = members.map(({ metadata }) => Buffer.from(metadata).toString()).sort()
        return new Map(
          members.map(({ memberId, metadata }) => {
            const turn = names.indexOf(Buffer.from(metadata).toString())
            return [memberId, Uint8Array.from([0, 1, 2, 3, 4, 5].filter(task => task % names.length === turn))]
          }),
        )
      },
      assigned: assignment => {
        state.assignments++
        state.tasks = [...assignment]
      },
      failed: error => {
        state.failure = error
      },
    },
  })
  return { group, state }
}

async function until(cluster: FakeCluster, isSo: () => boolean): Promise<void> {
  const endMs = cluster.clock.monotonic() + 120_000
  while (!isSo()) {
    assert.ok(cluster.clock.monotonic() < endMs, 'not in time')
    await sleep(cluster.clock, 50)
  }
}

test('members of any kind of group elect a leader, divide the work, and divide it anew when one comes, goes or asks for it', () =>
  withCluster({ brokers: 2 }, async (cluster, world) => {
    const a = worker(cluster, world, 'a')
    await until(cluster, () => a.state.tasks.length === 6)
    const b = worker(cluster, world, 'b')
    await until(cluster, () => a.state.tasks.join() === '0,2,4' && b.state.tasks.join() === '1,3,5')
    assert.equal(a.group.generation.generationId, b.group.generation.generationId)
    const { assignments } = a.state
    b.group.rejoin('tasks have changed')
    await until(cluster, () => a.state.assignments === assignments + 1)
    await b.group.close()
    await until(cluster, () => a.state.tasks.length === 6)
    cluster.groups.remove('workers', a.group.generation.memberId)
    await until(cluster, () => a.state.losses === 1 && a.state.tasks.length === 6)
    await a.group.close()
    assert.equal(cluster.groups.group('workers').members.size, 0)
  }))

test('a member that is killed is replaced when its session ends', () =>
  withCluster({}, async (cluster, world) => {
    const a = worker(cluster, world, 'a')
    const b = worker(cluster, world, 'b')
    await until(cluster, () => a.state.tasks.length === 3 && b.state.tasks.length === 3)
    const { memberId } = b.group.generation
    cluster.script = ({ body }) => ((body as { memberId?: string }).memberId === memberId ? 'silence' : undefined)
    await until(cluster, () => a.state.tasks.length === 6)
    cluster.script = () => undefined
    await until(cluster, () => a.state.tasks.length === 3 && b.state.tasks.length === 3)
    assert.equal(b.state.losses, 1)
    await a.group.close()
    await b.group.close()
  }))

test('a refusal that stays ends the membership, and start tries again', () =>
  withCluster({}, async (cluster, world) => {
    cluster.script = ({ name }) =>
      name === 'JoinGroup' ? { errorCode: errorCodes.INCONSISTENT_GROUP_PROTOCOL } : undefined
    const { group, state } = worker(cluster, world, 'a')
    await until(cluster, () => state.failure !== undefined)
    assert.equal(group.state, 'outside')
    assert.equal((state.failure as { errorName?: string }).errorName, 'INCONSISTENT_GROUP_PROTOCOL')
    cluster.script = () => undefined
    group.start()
    await until(cluster, () => state.tasks.length === 6)
    await group.close()
  }))
