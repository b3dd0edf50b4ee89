import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { firstFailingSeed, forSeeds } from '../seeds.ts'
import { shrink } from '../shrink.ts'
import { ledgerScenario } from './scenario.ts'
import { mistakes } from './server.ts'

test('a right server survives everything, and each seed takes the same path twice', async () => {
  const totals = await forSeeds(ledgerScenario(), { count: 200, twice: true })
  assert.ok(totals.kills > 500, `only ${totals.kills} deaths`)
})

describe('each mistake is found', () => {
  for (const mistake of mistakes) {
    test(mistake, async () => {
      const found = await firstFailingSeed(ledgerScenario(mistake), { count: 2000 })
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
  assert.ok(small.plan.faults.length <= 2, `${small.plan.faults.length} faults are left`)
})
