import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomBelow, seededPrng } from '@dorsale/base'
import { combineStateBatches, type StateBatch } from './state-batches.ts'

/** `first-last state count`. */
function batch(text: string): StateBatch {
  const [, firstOffset, lastOffset, deliveryState, deliveryCount] = text.match(/^(\d+)-(\d+) (\d) (\d+)$/)!.map(Number)
  return { firstOffset, lastOffset, deliveryState, deliveryCount } as StateBatch
}

const text = (batches: readonly StateBatch[]) =>
  batches.map(each => `${each.firstOffset}-${each.lastOffset} ${each.deliveryState} ${each.deliveryCount}`)

function check(older: string[], newer: string[], startOffset: number, expected: string[]): void {
  assert.deepEqual(text(combineStateBatches(older.map(batch), newer.map(batch), startOffset)), expected)
}

test('newer state lies over older state', () => {
  check([], [], 0, [])
  check(['100-109 0 1'], ['100-109 2 1'], 0, ['100-109 2 1'])
  check(['100-109 0 1'], ['103-105 0 2'], 0, ['100-102 0 1', '103-105 0 2', '106-109 0 1'])
  check(['100-109 0 1'], ['105-115 0 1'], 0, ['100-115 0 1'])
  check(['100-109 0 1'], ['110-119 0 1'], 0, ['100-119 0 1'])
  check(['100-109 0 1'], ['111-119 0 1'], 0, ['100-109 0 1', '111-119 0 1'])
  check(['100-109 0 1', '120-129 4 5'], ['95-125 0 2'], 0, ['95-119 0 2', '120-129 4 5'])
})

test('delivery does not go back: the greater count holds, and the further state of the same count', () => {
  check(['100-109 0 3'], ['100-109 2 2'], 0, ['100-109 0 3'])
  check(['100-109 2 2'], ['100-109 0 2'], 0, ['100-109 2 2'])
  check(['100-109 0 2'], ['100-109 4 2'], 0, ['100-109 4 2'])
})

test('what is before the start is gone', () => {
  check(['90-99 2 1', '100-109 0 1'], ['95-101 2 1'], 100, ['100-101 2 1', '102-109 0 1'])
  check(['90-99 2 1'], ['95-99 2 1'], 100, [])
})

test('at each offset the outcome is the greatest of what was said of it', () => {
  const prng = seededPrng(932)
  for (let round = 0; round < 300; round++) {
    const some = () =>
      Array.from({ length: randomBelow(prng, 8) }, () => {
        const firstOffset = randomBelow(prng, 30)
        const lastOffset = firstOffset + randomBelow(prng, 8)
        return {
          firstOffset,
          lastOffset,
          deliveryState: [0, 2, 4][randomBelow(prng, 3)]!,
          deliveryCount: 1 + randomBelow(prng, 3),
        }
      })
    const [older, newer, start] = [some(), some(), randomBelow(prng, 12)]
    const combined = combineStateBatches(older, newer, start)
    const weightAt = (batches: readonly StateBatch[], offset: number) =>
      Math.max(
        -1,
        ...batches
          .filter(each => each.firstOffset <= offset && offset <= each.lastOffset)
          .map(each => each.deliveryCount * 10 + each.deliveryState),
      )
    for (let offset = 0; offset < 40; offset++) {
      const expected = offset < start ? -1 : weightAt([...older, ...newer], offset)
      assert.equal(weightAt(combined, offset), expected, `round ${round}, offset ${offset}`)
    }
    for (const [index, each] of combined.entries()) {
      const next = combined[index + 1]
      assert.ok(next === undefined || each.lastOffset < next.firstOffset, 'in order, without overlaps')
      const same = next?.deliveryState === each.deliveryState && next.deliveryCount === each.deliveryCount
      assert.ok(!(same && each.lastOffset + 1 === next.firstOffset), 'neighbours that say the same are one')
    }
  }
})
