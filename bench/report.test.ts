import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cases } from './cases/index.ts'
import { fullPlan, quickPlan } from './plan.ts'
import { type CaseResults, mergedCases, renderResults } from './report.ts'

const machine = {
  cpu: 'A CPU',
  cores: 2,
  memoryGb: 8,
  kernel: 'Linux 6.1',
  fileSystem: 'ext4',
  node: 'v24.0.0',
  java: 'openjdk 17',
  kcat: 'librdkafka 2.0.2',
}

function measured(name: string, othersCores: number, ours: number, theirs: number | undefined): CaseResults {
  const figures = (value: number) => [
    { label: 'start, ms', value, digits: 0, lower: true },
    { label: 'records/s', value: value * 1000, digits: 0, lower: false },
    { label: 'GB', value, digits: 1 },
  ]
  const subjects = [{ name: 'Dorsale', figures: figures(ours) }]
  if (theirs !== undefined) subjects.push({ name: 'Apache Kafka', figures: figures(theirs).slice(0, 2) })
  return { name, title: `Title of ${name}`, when: '2030-01-02T03:04', commit: 'abc1234', othersCores, subjects }
}

test('two brokers stand beside each other, with what is better or worse', () => {
  const page = renderResults({ kafka: '4.4.0', machine, cases: [measured('start', 0.1, 200, 1000)] })
  assert.match(page, /Machine: 2 cores of A CPU, 8 GB/)
  assert.match(page, /## Title of start/)
  assert.match(page, /\| {2}\| Dorsale \| Apache Kafka 4\.4\.0 \| Dorsale \/ Kafka \|/)
  assert.match(page, /\| start, ms \| 200 \| 1,000 \| 0\.20 \|/)
  assert.match(page, /\| records\/s \| 200,000 \| 1,000,000 \| 0\.20 \(worse\) \|/)
  assert.match(page, /\| GB \| 200\.0 \| {2}\| {2}\|/)
  assert.doesNotMatch(page, /machine was shared/)
})

test('a busy machine is said, and one broker alone has nothing to be compared with', () => {
  const page = renderResults({ kafka: '4.4.0', machine, cases: [measured('start', 2.5, 200, undefined)] })
  assert.match(page, /Others had 2\.50 cores meanwhile\. \*\*The machine was shared/)
  assert.match(page, /\| start, ms \| 200 \|$/m)
})

test('a broker that failed is told in its place, and the other one keeps its figures', () => {
  const both = measured('restart', 0.1, 200, 1000)
  const subjects = [{ name: 'Dorsale', figures: [], failure: 'no record\nwithin `180` s' }, ...both.subjects.slice(1)]
  const page = renderResults({ kafka: '4.4.0', machine, cases: [{ ...both, subjects }] })
  assert.match(page, /^\*\*Dorsale failed:\*\* `no record within '180' s`$/m)
  assert.match(page, /^\| start, ms \| {2}\| 1,000 \| {2}\|$/m)
})

test('a case that is measured again takes the place of its older figures; the others stay', () => {
  const merged = mergedCases(
    [measured('start', 0, 1, 2), measured('gone', 0, 1, 2), measured('latency', 0, 1, 2)],
    [measured('start', 0, 3, 4)],
    ['start', 'latency'],
  )
  assert.deepEqual(
    merged.map(({ name, subjects }) => [name, subjects[0]?.figures[0]?.value]),
    [
      ['start', 3],
      ['latency', 1],
    ],
  )
})

test('every case has a name of its own, and a title for each plan', () => {
  assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length)
  for (const { name, title } of cases) {
    assert.match(name, /^[a-z0-9-]+$/)
    for (const plan of [fullPlan, quickPlan]) assert.doesNotMatch(title(plan), /undefined|NaN/)
  }
})
