/** The results as a page for readers. */
import type { Machine } from '../machine.ts'
import { othersLine } from '../report.ts'

/** Medians of some runs. */
export interface ClientFigures {
  readonly client: string
  readonly recordsPerSecond: number
  readonly cpuSecondsPerMillion: number
  readonly peakMb: number
}

export interface CellResults {
  readonly name: string
  readonly title: string
  readonly figures: readonly ClientFigures[]
}

export interface ClientResults {
  readonly kafka: string
  readonly machine: Machine
  readonly when: string
  readonly commit: string
  /** Cores, on average, that were used by others meanwhile. */
  readonly othersCores: number
  readonly runs: number
  readonly cells: readonly CellResults[]
  /** Resident memory of Dorsale's consumer at each tenth of a long read. */
  readonly longRead?: { readonly records: number; readonly memoryMb: readonly number[] }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function renderClients(results: ClientResults): string {
  const { machine, kafka, longRead } = results
  return [
    '# Clients of JavaScript, side by side',
    '',
    `Written by \`npm run bench:clients\`; the figures are in clients.json, the method in clients/README.md. ${results.when.replace('T', ' ')} UTC, commit ${results.commit}.`,
    '',
    `One Apache Kafka ${kafka} on one core, the client on the other. ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, ${machine.kernel}; Node ${machine.node}, ${machine.java}. Medians of ${results.runs}.${othersLine(results.othersCores)}`,
    '',
    ...table('Records per second', results.cells, figures => figures.recordsPerSecond, true),
    ...table(
      'CPU-seconds of the client per million records',
      results.cells,
      figures => figures.cpuSecondsPerMillion,
      false,
    ),
    ...table('Most resident memory, MB', results.cells, figures => figures.peakMb, false),
    ...(longRead === undefined ? [] : longReadRows(longRead)),
  ].join('\n')
}

function table(
  title: string,
  cells: readonly CellResults[],
  read: (figures: ClientFigures) => number,
  isMoreBetter: boolean,
): string[] {
  const clients = [...new Set(cells.flatMap(({ figures }) => figures.map(({ client }) => client)))]
  const [ours, ...rivals] = clients
  return [
    `## ${title}`,
    '',
    `| | ${clients.join(' | ')} | ${ours} / best of the others |`,
    `|---|${'---:|'.repeat(clients.length + 1)}`,
    ...cells.map(({ title: cell, figures }) => {
      const values = clients.map(client => {
        const found = figures.find(each => each.client === client)
        return found === undefined ? undefined : read(found)
      })
      const others = values.slice(1).filter(value => value !== undefined)
      const best = isMoreBetter ? Math.max(...others) : Math.min(...others)
      const mine = values[0]
      const ratio = mine === undefined || rivals.length === 0 || others.length === 0 ? '' : (mine / best).toFixed(2)
      const isBehind = mine !== undefined && others.length > 0 && (isMoreBetter ? mine < best : mine > best)
      return `| ${cell} | ${values.map(formatted).join(' | ')} | ${ratio}${isBehind ? ' (behind)' : ''} |`
    }),
    '',
  ]
}

function longReadRows({ records, memoryMb }: NonNullable<ClientResults['longRead']>): string[] {
  const first = memoryMb[0] ?? Number.NaN
  const last = memoryMb.at(-1) ?? Number.NaN
  return [
    '## A long read',
    '',
    `Dorsale's consumer read ${records.toLocaleString('en')} records of 100 B; resident memory at each tenth, MB: ${memoryMb.map(each => each.toFixed(0)).join(', ')}. Last to first: ${(last / first).toFixed(2)}.`,
    '',
  ]
}

function formatted(value: number | undefined): string {
  if (value === undefined) return ''
  const digits = value < 100 ? 2 : 0
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
