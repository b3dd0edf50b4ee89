import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runPlan } from '../scenario.ts'
import { forSeeds } from '../seeds.ts'
import { MemoryWatch } from './memory-watch.ts'
import { memoryScenario, runMemoryPlan } from './scenario.ts'

// A few seeds, twice each, for every change; `npm run sim` runs hundreds.
test('memory stays within its bounds, nothing is left of those who go, and each seed takes the same path twice', async () => {
  const totals = await forSeeds(memoryScenario(), { from: 6, count: 3, twice: true })
  assert.equal(totals.schedules, 3)
})

test('the workload comes to the bounds, or they would say nothing', async () => {
  const scenario = memoryScenario()
  const plan = scenario.plan(1)
  const peaks = new Map<string, number>()
  const watched = {
    ...scenario,
    run: (world, each) => runMemoryPlan(world, each, new MemoryWatch(world, peaks)),
  } satisfies typeof scenario
  const { failure } = await runPlan(watched, plan)
  assert.equal(failure?.message, undefined)
  const peakOf = (what: string): number => peaks.get(what) ?? 0
  assert.equal(peakOf('fetch sessions'), 2)
  assert.ok(peakOf('bytes read ahead of a connection') > 120_000)
  assert.ok(peakOf('parked requests') > 2)
  assert.ok(peakOf('bytes of records in batches') > 9000)
  assert.ok(peakOf('bytes of records that wait for room') > 1000)
  assert.ok(peakOf('bytes fetched and not handed out') > 1000)
  assert.ok(peakOf('members of groups') > 0)
  assert.equal(peakOf('share sessions'), 2)
  assert.ok(peakOf('producers that logs know') > 0)
})
