import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { firstFailingSeed, forSeeds } from '../seeds.ts'
import { shrink } from '../shrink.ts'
import type { FaultScope } from '../world/faults.ts'
import { ledgerScenario } from './scenario.ts'
import { type Mistake, mistakes } from './server.ts'

test('a right server survives everything, and each seed takes the same path twice', async () => {
  const totals = await forSeeds(ledgerScenario(), { count: 100, twice: true })
  assert.ok(totals.kills > 200, `only ${totals.kills} deaths`)
})

/** Where a mistake needs two faults that rarely meet, fewer kinds of them find it sooner. */
const failingSyncs: Partial<FaultScope> = { kinds: ['disk', 'kill', 'power-loss'], diskFaults: ['syncError'] }
const deaths: Partial<FaultScope> = { kinds: ['kill-at-call', 'power-loss-at-call', 'power-loss'] }
const focus: Partial<Record<Mistake, Partial<FaultScope>>> = {
  'failed fsync tried again': failingSyncs,
  'failed fsync forgotten by a restart': failingSyncs,
  'recovered tail not synced': deaths,
  'checksum not checked': deaths,
}

describe('each mistake is found', () => {
  for (const mistake of mistakes) {
    test(mistake, async () => {
      const found = await firstFailingSeed(ledgerScenario(mistake, focus[mistake]), { count: 1000 })
      assert.ok(found, `${mistake} was not found`)
    })
  }
})

test('a failing plan is made smaller, and fails still', async () => {
  const scenario = ledgerScenario('reply before commit')
  const found = await firstFailingSeed(scenario, { count: 2000 })
  assert.ok(found)
  const plan = scenario.plan(found.seed)
  const small = await shrink(scenario, plan)
  assert.ok(small.outcome.failure)
  assert.ok(small.plan.faults.length <= plan.faults.length)
  assert.ok(small.plan.faults.length <= 4, `${small.plan.faults.length} faults are left`)
})
