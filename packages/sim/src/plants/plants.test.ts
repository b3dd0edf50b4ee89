import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { firstFailingSeed } from '../seeds.ts'
import { mutate } from './mutant-scenario.ts'
import { allMutants, allPlants } from './plants.ts'

// A few of them for every change; `npm run sim -- --plants` searches all.
const quick = [
  'fsync skipped',
  'short write taken for whole',
  'lost epoch check of producers',
  'off by one in the offset index',
  'reply before commit',
  'a copy that takes over without the end of its log',
  'the epoch of the quorum is not raised',
  'a periodic task with a bug',
  'commits of an old generation taken',
  'a partition handed over before it is given up',
  'an EndTxn of an old epoch taken',
  'the last stable offset one too far',
  'a parked request that is never forgotten',
  'fetch sessions without their bound',
  'a connection that is read beyond its bound',
  'an accumulator that does not release',
  'what is released is archived',
  'share state read without its last update',
  'acknowledgements of an old share session taken',
]

describe('mistakes planted on purpose are found', () => {
  for (const name of quick) {
    test(name, async () => {
      const plant = allPlants().find(each => each.name === name)
      assert.ok(plant)
      const found = await firstFailingSeed(await plant.scenario(), { from: plant.from, count: 60 })
      assert.ok(found, `${name} was not found`)
    })
  }
})

test('every mistake that is planted in the source still has its place there', () => {
  for (const mutant of allMutants) {
    const source = readFileSync(new URL(`../../../../${mutant.file}`, import.meta.url), 'utf8')
    assert.notEqual(mutate(source, mutant), source)
  }
})
