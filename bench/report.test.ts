import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LoadFigures, SubjectFigures } from './cases.ts'
import { type Results, renderResults } from './report.ts'

function load(brokerCpuSeconds: number): LoadFigures {
  return {
    client: 'Kafka',
    direction: 'produce',
    size: 1000,
    records: 1_000_000,
    seconds: 10,
    lifeSeconds: 12.5,
    clientCpuSeconds: 12.5,
    brokerCpuSeconds,
    brokerMb: 100,
    latencyMs: { p50: 1, p99: 5, p999: 9 },
  }
}

function subject(name: string, brokerCpuSeconds: number, startMs: number): SubjectFigures {
  const figures = load(brokerCpuSeconds)
  return {
    name,
    startMs: [startMs - 1, startMs, startMs + 1],
    idleMb: 70,
    peakMb: 140,
    loads: [figures],
    latency: figures,
    restart: { ms: 300, gb: 1.25 },
  }
}

const results: Results = {
  when: '2030-01-02T03:04',
  commit: 'abc1234',
  kafka: '4.4.0',
  machine: {
    cpu: 'A CPU',
    cores: 2,
    memoryGb: 8,
    kernel: 'Linux 6',
    fileSystem: 'ext4',
    node: 'v24',
    java: 'java',
    kcat: 'kcat',
  },
  loadBefore: 0.1,
  plan: {
    starts: 3,
    sizes: [{ size: 1000, records: 1_000_000 }],
    warmUpRecords: 1,
    latency: { size: 1000, rate: 1000, records: 10_000 },
  },
  subjects: [subject('Dorsale', 2.5, 200), subject('Apache Kafka', 10, 5000)],
}

test('each row has both figures and how they compare', () => {
  const text = renderResults(results)
  const rows = [
    '| exec to first acknowledged record, ms (median of 3) | 200 | 5,000 | 0.04 |',
    '| data at that restart, GB | 1.3 | 1.3 |  |',
    '| records/s | 100,000 | 100,000 | 1.00 |',
    '| broker CPU-s per GB | 2.50 | 10.00 | 0.25 |',
    '| broker busy, % of its core | 20 | 80 |  |',
    '| client busy, % of its core | 100 | 100 |  |',
    '| latency p99, ms | 5 | 5 | 1.00 |',
  ]
  for (const row of rows) assert.ok(text.includes(row), `${row}\n${text}`)
})

test('a figure that is worse than Kafka’s says so, and one alone compares with nothing', () => {
  const reversed = renderResults({ ...results, subjects: [...results.subjects].reverse() })
  assert.ok(reversed.includes('| broker CPU-s per GB | 10.00 | 2.50 | 4.00 (worse) |'), reversed)
  const alone = renderResults({ ...results, subjects: results.subjects.slice(0, 1) })
  assert.ok(alone.includes('| broker CPU-s per GB | 2.50 |\n'), alone)
})

test('figures of a machine at work say so', () => {
  assert.doesNotMatch(renderResults(results), /shared with other work/)
  assert.match(renderResults({ ...results, loadBefore: 3 }), /shared with other work/)
})
