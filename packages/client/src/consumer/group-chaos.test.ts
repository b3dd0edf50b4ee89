import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBelow, seededPrng, sleep } from '@dorsale/base'
import { errorCodes } from '@dorsale/protocol'
import { type Deed, type FakeCluster, withCluster } from '../testing/fake-cluster.ts'
import { fill, open, Reader, until } from '../testing/group-reader.ts'

/*
 * Goal: whatever befalls a group, it settles, and every record is handled. Method: members come, go and die at random, the coordinator moves, connections are cut
 * before and after a request takes effect, refusals come in between; then the faults end. Each seed is a world of its own.
 */
const seeds = 2
const partitionCount = 5
const membersMax = 4
const sessionMs = 10_000
const protocols = {
  eager: { 'partition.assignment.strategy': 'range', 'session.timeout.ms': sessionMs },
  cooperative: { 'partition.assignment.strategy': 'cooperative-sticky', 'session.timeout.ms': sessionMs },
  'KIP-848': { 'group.protocol': 'consumer' },
} as const

/** Requests that are disturbed. */
const disturbed = new Set([
  'JoinGroup',
  'SyncGroup',
  'Heartbeat',
  'ConsumerGroupHeartbeat',
  'OffsetCommit',
  'OffsetFetch',
  'FindCoordinator',
])
const refusals = [
  errorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  errorCodes.NOT_COORDINATOR,
  errorCodes.COORDINATOR_NOT_AVAILABLE,
]

for (const [name, settings] of Object.entries(protocols)) {
  for (let seed = 1; seed <= seeds; seed++) {
    test(`a group settles after trouble, and every record is handled: ${name}, seed ${seed}`, () =>
      withCluster({ brokers: 3, seed }, async (cluster, world) => {
        const chance = seededPrng(seed, 'trouble')
        const pick = (bound: number) => randomBelow(chance, bound)
        cluster.createTopic('t', partitionCount, { leaders: [1, 2, 3] })
        let isTroubled = true
        cluster.script = ({ name: api }): Deed => {
          if (!isTroubled || !disturbed.has(api) || pick(8) > 0) return undefined
          const deeds: readonly Deed[] = ['cut', 'cut after', { errorCode: refusals[pick(refusals.length)]! }]
          return deeds[pick(deeds.length)]
        }
        const handled = new Map<string, number>()
        const members: Reader[] = []
        const join = () =>
          members.push(
            new Reader(open(cluster, world, { ...settings, 'fetch.max.wait.ms': 50 }), ['t'], { seen: handled }),
          )
        let written = 0
        const write = () => {
          const partition = pick(partitionCount)
          fill(cluster, 5, { partition })
          written += 5
        }
        join()
        for (let step = 0; step < 25; step++) {
          write()
          const deed = pick(6)
          if (deed === 0 && members.length < membersMax) join()
          else if (deed === 1 && members.length > 1) await members.splice(pick(members.length), 1)[0]!.consumer.close()
          else if (deed === 2 && members.length > 1) {
            // It dies without a word: its session must end before its partitions go to others.
            await members.splice(pick(members.length), 1)[0]!.consumer.close({ group: 'remain', timeoutMs: 0 })
          } else if (deed === 3) cluster.coordinators.set('g', 1 + pick(3))
          await sleep(world.clock, pick(1500))
        }
        isTroubled = false
        // Until then the group waits for those who died.
        await sleep(world.clock, 2 * sessionMs)
        for (let index = 0; index < 5; index++) write()
        await until(cluster, `all of ${written} records are handled`, () => handled.size === written)
        await until(cluster, 'each partition has one owner, and the shares are even', () => isEven(members))
        const quiet = rebalancesOf(cluster)
        await sleep(world.clock, 30_000)
        assert.equal(rebalancesOf(cluster), quiet, 'no rebalance without a reason')
        for (const { consumer } of members) await consumer.close()
        const offsets = cluster.groups.group('g').offsets
        const committed = [...offsets.values()].reduce((sum, { offset }) => sum + offset, 0)
        assert.equal(committed, written)
      }))
  }
}

function isEven(members: readonly Reader[]): boolean {
  const owned = members.flatMap(each => each.owned)
  const counts = members.map(each => each.owned.length)
  return (
    new Set(owned).size === partitionCount &&
    owned.length === partitionCount &&
    Math.max(...counts) - Math.min(...counts) <= 1
  )
}

const rebalancesOf = (cluster: FakeCluster) => cluster.groups.group('g').generationId + cluster.groups.modern.epoch('g')
