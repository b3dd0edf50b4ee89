import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from '../world/world.ts'
import { Ownership } from './ownership.ts'

/** A partition with a `+` behind it was kept since the claim before. */
type Claim = [owner: string, generation: number, ...partitions: string[]]

async function check(claims: Claim[], expected: RegExp | undefined): Promise<void> {
  const world = new World({ seed: 1 })
  const ownership = new Ownership(world)
  for (const [owner, generation, ...names] of claims) {
    const kept = names.filter(name => name.endsWith('+')).map(name => name.slice(0, -1))
    ownership.claim({ owner, generation, partitions: names.map(name => name.replace('+', '')), kept })
  }
  if (expected === undefined) await world.run({ forMs: 1 })
  else await assert.rejects(world.run({ forMs: 1 }), expected)
}

test('a partition changes hands between generations', () =>
  check(
    [
      ['a', 1, 't-0', 't-1'],
      ['b', 2, 't-0'],
      ['a', 2, 't-1'],
    ],
    undefined,
  ))

test('who was stopped still claims what it had', () =>
  check(
    [
      ['a', 1, 't-0'],
      ['b', 2, 't-0'],
      ['a', 1, 't-0'],
    ],
    undefined,
  ))

test('two members are given a partition in one generation', () =>
  check(
    [
      ['a', 3, 't-0'],
      ['b', 3, 't-1', 't-0'],
    ],
    /two owners: t-0 is a's and b's in generation 3/,
  ))

test('a partition is given away in the generation in which its holder is told to give it up', () =>
  check(
    [
      ['a', 1, 't-0'],
      ['b', 2, 't-0'],
      ['a', 2, 't-0'],
    ],
    /two owners/,
  ))

test('a partition is kept from generation to generation', () =>
  check(
    [
      ['b', 1, 't-0'],
      ['a', 2, 't-0'],
      ['b', 3, 't-1'],
      ['a', 4, 't-0+'],
    ],
    undefined,
  ))

test('a partition is kept by a member without which the group went on, to another that had it', () =>
  check(
    [
      ['a', 1, 't-0'],
      ['b', 2, 't-0'],
      ['a', 3, 't-0+'],
    ],
    /kept what others had: a has t-0 since generation 1 in 3, and b had it in 2/,
  ))

test('a partition comes back to who had it before', () =>
  check(
    [
      ['a', 1, 't-0'],
      ['b', 2, 't-0'],
      ['a', 3, 't-0'],
    ],
    undefined,
  ))
