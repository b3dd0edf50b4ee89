import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forSeeds } from '../seeds.ts'
import { sharesScenario } from './scenario.ts'

// A few seeds, twice each, for every change; `npm run sim` runs hundreds.
for (const durability of ['process', 'machine'] as const) {
  test(`a share group settles every record, whatever dies (${durability}), and each seed takes the same path twice`, async () => {
    const totals = await forSeeds(sharesScenario({ durability }), { from: 20, count: 3, twice: true })
    assert.equal(totals.schedules, 3)
  })
}
