import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const judged = ['Apache Kafka', 'Dorsale'] as const
export type Judged = (typeof judged)[number]
export type Outcome = 'passed' | 'failed' | 'skipped' | 'timed out'

/** By test, what came out on each broker. */
export type Outcomes = Readonly<Record<string, Partial<Record<Judged, Outcome>>>>

export function readOutcomes(file: string): Outcomes {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

export function withOutcome(outcomes: Outcomes, test: string, broker: Judged, outcome: Outcome): Outcomes {
  const all = { ...outcomes, [test]: { ...outcomes[test], [broker]: outcome } }
  return Object.fromEntries(Object.entries(all).sort(([left], [right]) => (left < right ? -1 : 1)))
}

export function writeOutcomes(file: string, outcomes: Outcomes): void {
  writeFileSync(file, `${JSON.stringify(outcomes, null, 2)}\n`)
}

/** The page: how many pass on each, and what passes on Kafka and not on Dorsale, with what is known of it. */
export function renderOutcomes(outcomes: Outcomes, reasons: Readonly<Record<string, string>>): string {
  const rows = Object.entries(outcomes)
  const count = (broker: Judged, outcome: Outcome) => rows.filter(([, row]) => row[broker] === outcome).length
  const line = (broker: Judged) =>
    `| ${broker} | ${(['passed', 'failed', 'timed out', 'skipped'] as const).map(outcome => count(broker, outcome)).join(' | ')} |`
  const missed = rows.filter(
    ([, row]) => row['Apache Kafka'] === 'passed' && row.Dorsale !== undefined && row.Dorsale !== 'passed',
  )
  return [
    "# librdkafka's tests",
    '',
    'Written by `npm run conformance`: every test of the suite that needs a broker, each in a process of its own, in its quick mode.',
    '',
    '| broker | passed | failed | timed out | skipped |',
    '|---|---:|---:|---:|---:|',
    ...judged.map(line),
    '',
    '## Passes on Apache Kafka and not on Dorsale',
    '',
    '| test | on Dorsale | why |',
    '|---|---|---|',
    ...missed.map(([test, row]) => `| ${test} | ${row.Dorsale} | ${reasons[test] ?? 'not looked into'} |`),
    '',
  ].join('\n')
}
