import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Prng, seededPrng } from '@dorsale/base'
import { placeStriped } from './striped-placer.ts'

/** Begins with the first rack and the first broker of each, and leaves every order as it is. */
const noChance: Prng = { uint32: () => 0, bytes: count => new Uint8Array(count) }
const rackless = (count: number) => Array.from({ length: count }, (_, nodeId) => ({ nodeId, rack: null }))
const racks = [
  { nodeId: 1, rack: 'a' },
  { nodeId: 2, rack: 'b' },
  { nodeId: 3, rack: 'a' },
  { nodeId: 4, rack: 'b' },
  { nodeId: 5, rack: 'c' },
]

test('leaders go from broker to broker, followers behind them', () => {
  const wish = { partitionCount: 3, replicationFactor: 2 }
  assert.deepEqual(placeStriped(noChance, rackless(3), wish), [
    [0, 1],
    [1, 2],
    [2, 0],
  ])
})

test('leaders go from rack to rack, and a rack gets a second replica when each has its first', () => {
  // As StripedReplicaPlacer of Kafka 4.3 places with a java.util.Random whose nextInt is always 0.
  assert.deepEqual(placeStriped(noChance, racks, { partitionCount: 7, replicationFactor: 3 }), [
    [1, 2, 5],
    [4, 5, 3],
    [5, 1, 2],
    [3, 4, 5],
    [2, 5, 1],
    [1, 2, 5],
    [4, 5, 3],
  ])
})

test('whatever chance says, leaders are spread, no broker has a partition twice, and racks differ', () => {
  for (let seed = 0; seed < 300; seed++) {
    const prng = seededPrng(seed)
    for (const replicationFactor of [1, 2, 3, 4, 5]) {
      const placed = placeStriped(prng, racks, { partitionCount: 23, replicationFactor })
      assert.equal(placed.length, 23)
      for (const replicas of placed) {
        assert.equal(new Set(replicas).size, replicationFactor)
        const used = new Set(replicas.map(id => racks.find(({ nodeId }) => nodeId === id)?.rack))
        assert.equal(used.size, Math.min(3, replicationFactor))
      }
      const firstRacks = placed.slice(0, 3).map(([leader]) => racks.find(({ nodeId }) => nodeId === leader)?.rack)
      assert.equal(new Set(firstRacks).size, 3, 'each rack leads once before one leads again')
    }
  }
})

test('one broker, and too few', () => {
  assert.deepEqual(placeStriped(noChance, rackless(1), { partitionCount: 3, replicationFactor: 1 }), [[0], [0], [0]])
  const refused = /The target replication factor of 2 cannot be reached because only 1 broker\(s\) are registered/
  assert.throws(() => placeStriped(noChance, rackless(1), { partitionCount: 1, replicationFactor: 2 }), refused)
  assert.throws(() => placeStriped(noChance, [], { partitionCount: 1, replicationFactor: 1 }), /All brokers are/)
})
