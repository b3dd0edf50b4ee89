import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runPlan, type Scenario } from '../scenario.ts'
import { forSeeds } from '../seeds.ts'
import type { BrokerPlan, Durability } from './plan.ts'
import { brokerScenario } from './scenario.ts'
import { stormScenario } from './storm.ts'

// A few seeds, twice each, for every change; `npm run sim` runs hundreds.
for (const durability of ['process', 'machine'] as const) {
  test(`what is acknowledged survives the death of the ${durability}, and each seed takes the same path twice`, async () => {
    const totals = await forSeeds(brokerScenario({ durability }), { count: 4, twice: true })
    assert.equal(totals.schedules, 4)
  })
}

describe('what the simulator has found before', () => {
  const topicConfigs = {
    'internal.segment.bytes': '12000',
    'segment.index.bytes': '100',
    'index.interval.bytes': '4096',
    'file.delete.delay.ms': '500',
  }
  const producer = {
    name: 'producer-0',
    topic: 'records',
    idempotent: true,
    acks: -1,
    batches: 31,
    recordsPerBatchMax: 2,
    valueBytesMax: 0,
    codec: 'snappy',
    everyMs: 200,
    timestampSpreadMs: 0,
    watchesTopic: false,
    keyCount: 0,
  } as const
  const plan = (seed: number, durability: Durability, more: Partial<BrokerPlan>): BrokerPlan => ({
    seed,
    durability,
    directoryCount: 1,
    partitionCount: 1,
    metadataSnapshots: false,
    topicConfigs,
    producers: [{ ...producer }],
    consumerCount: 0,
    lookupCount: 0,
    zombieCount: 0,
    committerCount: 0,
    adminChanges: 0,
    growths: 0,
    deletes: false,
    changesSettings: false,
    tunes: false,
    moves: false,
    lastDeath: durability === 'machine' ? 'power-loss' : 'kill',
    faults: [],
    ...more,
  })

  const cases: [name: string, plans: BrokerPlan[]][] = [
    [
      'a segment that ends with its last batch was taken for a torn one, and the later ones removed',
      [plan(2, 'process', { faults: [{ atMs: 1239, kind: 'kill', process: 'broker' }] })],
    ],
    ['the data directory itself was not on the platter', [plan(1, 'machine', {})]],
    [
      'a log made by a life that died before it synced the name',
      [145, 146, 147, 148].map(seed =>
        plan(seed, 'machine', {
          producers: [{ ...producer, idempotent: false, batches: 1, everyMs: 1 }],
          faults: [{ atMs: 225, kind: 'kill', process: 'broker' }],
        }),
      ),
    ],
    [
      'a failed sync, a restart, and a power loss left a hole in front of what was synced later',
      [191, 192, 193].map(seed =>
        plan(seed, 'machine', {
          partitionCount: 2,
          faults: [{ atMs: 5454, kind: 'disk', machine: 'broker', faults: { syncError: 0.1 }, forMs: 525 }],
        }),
      ),
    ],
    [
      'a connection that had ended asked for a flush in every turn until its peer closed',
      [
        plan(116, 'process', {
          producers: [{ ...producer, idempotent: false, acks: 0, batches: 52, everyMs: 1 }],
          faults: [{ atMs: 279, kind: 'disk', machine: 'broker', faults: { shortWrite: 0.5 }, forMs: 199 }],
        }),
      ],
    ],
    [
      'a directory failed while its logs were being opened',
      [1, 2, 3].map(seed =>
        plan(seed, 'machine', {
          faults: [
            { atMs: 3000, kind: 'kill', process: 'broker' },
            { atMs: 3000, kind: 'disk', machine: 'broker', faults: { writeError: 0.2 }, forMs: 1500 },
          ],
        }),
      ),
    ],
    [
      'retention took a segment whose time index was zeros after a power loss',
      [104, 105, 106, 107].map(seed =>
        plan(seed, 'machine', {
          partitionCount: 3,
          consumerCount: 2,
          faults: [705, 1391, 3997].map(atMs => ({ atMs, kind: 'power-loss', machine: 'broker' }) as const),
        }),
      ),
    ],
    [
      'a directory was away at the start, and its logs began anew in another one',
      [3, 4].map(seed =>
        plan(seed, 'process', {
          directoryCount: 3,
          partitionCount: 3,
          faults: [2000, 3000].flatMap(atMs => [
            { atMs, kind: 'kill', process: 'broker' } as const,
            { atMs: atMs + 10, kind: 'disk', machine: 'broker', faults: { writeError: 0.1 }, forMs: 200 } as const,
          ]),
        }),
      ),
    ],
    [
      'what is kept in memory could not be told when a directory had failed',
      [
        plan(1, 'process', {
          directoryCount: 2,
          partitionCount: 3,
          faults: [{ atMs: 3000, kind: 'directory-fails', machine: 'broker', path: '/data/log2', forMs: 2000 }],
        }),
      ],
    ],
    [
      'retention took everything, a power loss the name of the empty segment that followed, and offsets began at 0 again',
      [8, 9].map(seed =>
        plan(seed, 'machine', {
          topicConfigs: { ...topicConfigs, 'retention.ms': '300' },
          producers: [{ ...producer, batches: 3, everyMs: 30, recordsPerBatchMax: 5 }],
          consumerCount: 2,
          faults: [{ atMs: 2100, kind: 'power-loss', machine: 'broker' }],
        }),
      ),
    ],
    [
      'epochs that were lost had index files written again that the next start believed',
      [
        plan(920103, 'machine', {
          topicConfigs: {
            ...topicConfigs,
            'internal.segment.bytes': '40000',
            'segment.index.bytes': '1000',
            'index.interval.bytes': '100',
          },
          partitionCount: 3,
          consumerCount: 3,
          lookupCount: 1,
          producers: [
            {
              name: 'producer-0',
              topic: 'records',
              idempotent: true,
              acks: -1,
              batches: 54,
              recordsPerBatchMax: 5,
              valueBytesMax: 2000,
              codec: undefined,
              everyMs: 1,
              timestampSpreadMs: 2122,
              watchesTopic: false,
              keyCount: 0,
            },
          ],
          faults: [
            { atMs: 5266, kind: 'power-loss', machine: 'broker' },
            { atMs: 5839, kind: 'kill-at-call', process: 'broker', calls: 277 },
            { atMs: 6690, kind: 'power-loss', machine: 'broker' },
          ],
        }),
      ],
    ],
  ]
  for (const [name, plans] of cases) {
    test(name, async () => {
      for (const each of plans) {
        const { failure } = await runPlan(brokerScenario(each), each)
        assert.equal(failure?.message, undefined)
      }
    })
  }

  const seeds: [name: string, scenario: Scenario<BrokerPlan>, seed: number][] = [
    [
      'of several batches that were in the log and not the last, the second was sent again for ever',
      stormScenario({ durability: 'machine' }),
      1795798279296,
    ],
    [
      'a power loss brought segments back that retention had taken, and not their epochs, as with Apache Kafka',
      brokerScenario({ durability: 'machine' }),
      1795797822210,
    ],
  ]
  for (const [name, scenario, seed] of seeds) {
    test(name, async () => {
      const { failure } = await runPlan(scenario, scenario.plan(seed))
      assert.equal(failure?.message, undefined)
    })
  }
})
