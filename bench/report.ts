/** The results as a page for readers. */
import type { Figure } from './case.ts'
import { othersCoresCalm } from './cpu.ts'
import type { Machine } from './machine.ts'

/** What one case found, on the brokers that it was run on. */
export interface CaseResults {
  readonly name: string
  readonly title: string
  /** Minutes, UTC. */
  readonly when: string
  readonly commit: string
  /** Cores, on average, that were used by others while it was measured. */
  readonly othersCores: number
  readonly subjects: readonly SubjectResults[]
}

export interface SubjectResults {
  readonly name: string
  /** None when it failed. */
  readonly figures: readonly Figure[]
  /** Why there are no figures. */
  readonly failure?: string
}

export interface Results {
  /** Version of Apache Kafka. */
  readonly kafka: string
  readonly machine: Machine
  readonly cases: readonly CaseResults[]
}

/** What was measured now takes the place of what was measured of the same cases before; `order` is that of the page. */
export function mergedCases(
  before: readonly CaseResults[],
  now: readonly CaseResults[],
  order: readonly string[],
): CaseResults[] {
  const all = new Map([...before, ...now].map(each => [each.name, each]))
  return order.flatMap(name => all.get(name) ?? [])
}

export function renderResults({ kafka, machine, cases }: Results): string {
  return [
    '# Results',
    '',
    'Written by `npm run bench`; the figures are in results.json, the method in README.md. Each case says when it was measured.',
    '',
    `Machine: ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, ${machine.kernel}, ${machine.fileSystem}; Node ${machine.node}, ${machine.java}, ${machine.kcat}.`,
    'Broker on one core, client on the other.',
    '',
    ...cases.flatMap(each => renderCase(each, kafka)),
  ].join('\n')
}

function renderCase({ title, when, commit, othersCores, subjects }: CaseResults, kafka: string): string[] {
  const names = subjects.map(({ name }) => (name === 'Apache Kafka' ? `Apache Kafka ${kafka}` : name))
  const compares = subjects.length === 2
  const head = ['', ...names, ...(compares ? ['Dorsale / Kafka'] : [])]
  const labels = [...new Set(subjects.flatMap(({ figures }) => figures.map(({ label }) => label)))]
  return [
    `## ${title}`,
    '',
    `${when.replace('T', ' ')} UTC, commit ${commit}.${othersLine(othersCores)}`,
    ...subjects.flatMap(({ name, failure }) => (failure === undefined ? [] : [failureLine(name, failure)])),
    '',
    `| ${head.join(' | ')} |`,
    `|---|${'---:|'.repeat(head.length - 1)}`,
    ...labels.map(label => {
      const figures = subjects.map(subject => subject.figures.find(figure => figure.label === label))
      const texts = figures.map(figure => (figure === undefined ? '' : formatted(figure)))
      return `| ${[label, ...texts, ...(compares ? [ratio(figures)] : [])].join(' | ')} |`
    }),
    '',
  ]
}

/** How much of the machine others had, and what that makes of the figures. */
export function othersLine(othersCores: number): string {
  const had = ` Others had ${othersCores.toFixed(2)} cores meanwhile.`
  if (othersCores <= othersCoresCalm) return had
  return `${had} **The machine was shared: rates and times are theirs as well. CPU-seconds hold better.**`
}

/** On one line, and as text whatever is in it. */
function failureLine(name: string, failure: string): string {
  return `**${name} failed:** \`${failure.replaceAll('`', "'").replaceAll(/\s+/g, ' ').slice(0, 400)}\``
}

/** How much better or worse the first is, where better has a meaning. */
function ratio([ours, theirs]: readonly (Figure | undefined)[]): string {
  if (ours?.lower === undefined || theirs === undefined || theirs.value === 0) return ''
  const isWorse = ours.value !== theirs.value && ours.value < theirs.value !== ours.lower
  return `${(ours.value / theirs.value).toFixed(2)}${isWorse ? ' (worse)' : ''}`
}

function formatted({ value, digits }: Figure): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
