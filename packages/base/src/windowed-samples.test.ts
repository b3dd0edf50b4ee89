import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { WindowedSamples } from './windowed-samples.ts'

interface Step {
  readonly at: number
  readonly value?: number
  readonly rate?: number
  readonly count?: number
  readonly avg?: number | null
  readonly max?: number | null
  readonly min?: number | null
}

/** What the stats of Kafka 4.4.0's clients (Rate, Avg, Max, Min, a Rate of WindowedCount) answer, fed with the same values at the same times. `null` is NaN. */
const cases: { samples: number; windowMs: number; steps: Step[] }[] = JSON.parse(
  readFileSync(new URL('vectors/windowed-samples.json', import.meta.url), 'utf8'),
)

for (const [index, { samples, windowMs, steps }] of cases.entries()) {
  test(`rates, averages and extremes of ${samples} windows of ${windowMs} ms are Kafka's (${index})`, () => {
    const stat = new WindowedSamples({ count: samples, windowMs }, steps[0]!.at)
    for (const step of steps) {
      const { at, value } = step
      if (value !== undefined) stat.record(value, at)
      if (step.rate === undefined) continue
      const measured = {
        rate: stat.rate(at),
        countRate: stat.countRate(at),
        avg: stat.average(at),
        max: stat.max(at),
        min: stat.min(at),
      }
      const { rate, count: countRate, avg, max, min } = step
      for (const [name, theirs] of Object.entries({ rate, countRate, avg, max, min })) {
        const ours = measured[name as keyof typeof measured]
        if (theirs === null) assert.ok(Number.isNaN(ours), `${name} at ${at}: ${ours}`)
        else assert.ok(Math.abs(ours - theirs!) <= 1e-9 * Math.abs(theirs!), `${name} at ${at}: ${ours}, ${theirs}`)
      }
    }
  })
}

test('what is older than all windows counts no more', () => {
  const stat = new WindowedSamples({ count: 2, windowMs: 1000 }, 0)
  stat.record(10, 0)
  assert.equal(stat.max(1999), 10)
  assert.ok(Number.isNaN(stat.max(2000)))
  assert.equal(stat.rate(2000), 0)
})
