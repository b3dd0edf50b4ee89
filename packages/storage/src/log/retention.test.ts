import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultLogConfig, type LogConfig } from '../log-config.ts'
import { planRelease } from './retention.ts'

/** Four segments of ten offsets: 0 to 39. */
const segments = [
  { baseOffset: 0, size: 100, writtenSize: 100, retentionTimestamp: 1000 },
  { baseOffset: 10, size: 100, writtenSize: 100, retentionTimestamp: 3000 },
  { baseOffset: 20, size: 100, writtenSize: 100, retentionTimestamp: 2000 },
  { baseOffset: 30, size: 50, writtenSize: 50, retentionTimestamp: 4000 },
]

interface Case {
  readonly config?: Partial<LogConfig>
  readonly now?: number
  readonly logStartOffset?: number
  readonly highWatermark?: number
  readonly plan: string
}

const unlimited = { retentionMs: -1, retentionBytes: -1 }
const cases: [string, Case][] = [
  ['nothing is limited', { config: unlimited, now: 1e15, plan: '' }],
  ['by time, in a run from the oldest on', { config: { retentionMs: 1000 }, now: 3500, plan: 'time 1' }],
  ['by time, exactly at the limit', { config: { retentionMs: 1000 }, now: 2000, plan: '' }],
  ['by time, everything, the active one too', { config: { retentionMs: 0 }, now: 4001, plan: 'time 4' }],
  ['by size, while what stays has the limit', { config: { ...unlimited, retentionBytes: 150 }, plan: 'size 2' }],
  ['by size, exactly', { config: { ...unlimited, retentionBytes: 250 }, plan: 'size 1' }],
  ['by size, one byte more is kept', { config: { ...unlimited, retentionBytes: 251 }, plan: '' }],
  ['by size, to nothing', { config: { ...unlimited, retentionBytes: 0 }, plan: 'size 4' }],
  ['either of the two', { config: { retentionBytes: 250, retentionMs: 1500 }, now: 4600, plan: 'size 1, time 2' }],
  ['by the log start offset', { config: unlimited, logStartOffset: 20, plan: 'log-start 2' }],
  ['by the log start offset inside a segment', { config: unlimited, logStartOffset: 19, plan: 'log-start 1' }],
  [
    'the log start offset at the end leaves the active one',
    { config: unlimited, logStartOffset: 40, plan: 'log-start 3' },
  ],
  [
    'a compacted topic knows the log start offset alone',
    { config: { cleanupDelete: false, retentionMs: 0 }, logStartOffset: 10, now: 1e6, plan: 'log-start 1' },
  ],
  [
    'nothing at or above the high watermark',
    { config: { retentionMs: 0 }, now: 1e6, highWatermark: 25, plan: 'time 2' },
  ],
]
for (const [name, { config, now = 0, logStartOffset = 0, highWatermark = 40, plan }] of cases) {
  test(name, () => {
    const state = { config: { ...defaultLogConfig, ...config }, now, logStartOffset, highWatermark, nextOffset: 40 }
    const made = planRelease(segments, state).map(({ reason, count }) => `${reason} ${count}`)
    assert.equal(made.join(', '), plan)
  })
}

test('what is not written yet does not make anything go', () => {
  const state = {
    config: { ...defaultLogConfig, ...unlimited, retentionBytes: 250 },
    now: 0,
    logStartOffset: 0,
    highWatermark: 35,
    nextOffset: 40,
  }
  const growing = { baseOffset: 30, size: 50, writtenSize: 49, retentionTimestamp: 4000 }
  assert.deepEqual(planRelease([...segments.slice(0, 3), growing], state), [])
})

test('an empty last segment stays', () => {
  const state = {
    config: { ...defaultLogConfig, retentionMs: 0 },
    now: 1e6,
    logStartOffset: 0,
    highWatermark: 30,
    nextOffset: 30,
  }
  const empty = [...segments.slice(0, 3), { baseOffset: 30, size: 0, writtenSize: 0, retentionTimestamp: 0 }]
  assert.deepEqual(planRelease(empty, state), [{ count: 3, reason: 'time' }])
})
