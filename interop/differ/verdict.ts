import type { Difference } from './differences.ts'
import type { ExpectedDifference } from './expected.ts'

export interface StepDifferences {
  /** `<API>: <name of the step>` */
  readonly step: string
  readonly version: number
  readonly differences: readonly Difference[]
}

export interface Verdict {
  /** One line for each field that differs at one or more versions, and that no row expects. */
  readonly unexpected: readonly string[]
  readonly expectedCount: number
  /** Rows that explained nothing: what they expect is gone, or this run's requests do not show it. */
  readonly idle: readonly ExpectedDifference[]
}

/** Holds what differs against what may. */
export function verdictOf(found: readonly StepDifferences[], rows: readonly ExpectedDifference[]): Verdict {
  const matchers = rows.map(row => ({ row, step: globOf(row.step), path: globOf(row.path), count: 0 }))
  const lines = new Map<string, number[]>()
  let expectedCount = 0
  for (const { step, version, differences } of found) {
    for (const difference of differences) {
      const row = matchers.find(
        each => each.step.test(step) && each.path.test(difference.path) && isAsExpected(each.row, difference.kafka),
      )
      if (row !== undefined) {
        row.count++
        expectedCount++
        continue
      }
      const { path, dorsale, kafka } = difference
      const line = `${step} | ${path}: ${shown(dorsale)} where Kafka has ${shown(kafka)}`
      lines.set(line, [...(lines.get(line) ?? []), version])
    }
  }
  return {
    unexpected: [...lines].map(([line, versions]) => `${line} (v${versions.join(', v')})`),
    expectedCount,
    idle: matchers.filter(({ count }) => count === 0).map(({ row }) => row),
  }
}

function isAsExpected(row: ExpectedDifference, kafka: unknown): boolean {
  if (!('kafka' in row)) return true
  return typeof row.kafka === 'function' ? row.kafka(kafka) === true : Object.is(row.kafka, kafka)
}

function globOf(pattern: string): RegExp {
  const escaped = pattern.split('*').map(part => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`)
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`
}
