import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDateMs, parseDurationMs, parseMoment } from './moment.ts'

test('durations are ISO 8601, or a number and a unit', () => {
  const cases: [text: string, ms: number][] = [
    ['PT30M', 1_800_000],
    ['P1DT2H3M4.5S', 93_784_500],
    ['P2W', 1_209_600_000],
    ['30m', 1_800_000],
    ['500ms', 500],
    ['1d', 86_400_000],
  ]
  for (const [text, ms] of cases) assert.equal(parseDurationMs(text), ms, text)
  for (const text of ['', 'P', 'PT', '30', 'm', '1y', '-PT1H'])
    assert.throws(() => parseDurationMs(text), /is no duration/, text)
})

test('times are milliseconds, dates in UTC where they name no zone, or how long ago', () => {
  const now = 1_000_000_000
  const cases: [text: string, ms: number][] = [
    ['1500', 1500],
    ['1970-01-02', 86_400_000],
    ['1970-01-01T00:00:01.500', 1500],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1970-01-01T00:00Z', 0],
    ['-30m', now - 1_800_000],
    ['-PT1H', now - 3_600_000],
  ]
  for (const [text, ms] of cases) assert.equal(parseMoment(text, now), ms, text)
  for (const text of ['yesterday', '2026-13-01', '2026-1-1', ''])
    assert.throws(() => parseMoment(text, now), /is no time/, text)
  assert.equal(parseDateMs('2026-02-30T00:00:00x'), undefined)
})
