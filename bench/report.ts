/** From figures to RESULTS.md. */
import type { LoadFigures, Plan, SubjectFigures } from './cases.ts'
import { calmLoad } from './cpu.ts'
import type { Machine } from './machine.ts'

export interface Results {
  /** Minutes, UTC. */
  readonly when: string
  readonly commit: string
  /** Version of Apache Kafka. */
  readonly kafka: string
  readonly machine: Machine
  /** Load average before anything was started. */
  readonly loadBefore: number
  readonly plan: Plan
  readonly subjects: readonly SubjectFigures[]
}

export function renderResults(results: Results): string {
  const { machine, plan, subjects } = results
  const titles = subjects.map(({ name }) => (name === 'Apache Kafka' ? `Apache Kafka ${results.kafka}` : name))
  const table = (measure: string, rows: readonly Row[]) => tableOf([measure, ...titles], rows, subjects)
  return [
    '# Results',
    '',
    `Written by \`npm run bench\` on ${results.when.replace('T', ' ')} UTC at commit ${results.commit}; the figures are in results.json, the method in README.md.`,
    '',
    `Machine: ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, ${machine.kernel}, ${machine.fileSystem}; Node ${machine.node}, ${machine.java}, ${machine.kcat}.`,
    `Broker on one core, client on the other. Load average before the run: ${results.loadBefore}.`,
    ...(results.loadBefore > calmLoad
      ? ['', '**The machine was shared with other work: rates and times are theirs as well. CPU-seconds hold better.**']
      : []),
    '',
    '## Start and memory',
    '',
    ...table('', [
      {
        label: `exec to first acknowledged record, ms (median of ${plan.starts})`,
        lower: true,
        value: s => median(s.startMs),
        digits: 0,
      },
      {
        label: 'restart after SIGKILL to first acknowledged record, ms',
        lower: true,
        value: s => s.restart.ms,
        digits: 0,
      },
      { label: 'data at that restart, GB', value: s => s.restart.gb, digits: 1 },
      { label: 'resident memory when idle, MB', lower: true, value: s => s.idleMb, digits: 0 },
      { label: 'most resident memory under load, MB', lower: true, value: s => s.peakMb, digits: 0 },
    ]),
    '',
    ...plan.sizes.flatMap(({ size, records }) => [
      `## Records of ${size} bytes, ${records.toLocaleString('en')} of them, 6 partitions, acks=all`,
      '',
      ...loadTables(size, table),
    ]),
    `## ${plan.latency.rate.toLocaleString('en')} records of ${plan.latency.size} bytes per second, for ${plan.latency.records / plan.latency.rate} s`,
    '',
    ...table('Kafka producer', [
      { label: 'latency p50, ms', lower: true, value: s => s.latency.latencyMs?.p50, digits: 0 },
      { label: 'latency p99, ms', lower: true, value: s => s.latency.latencyMs?.p99, digits: 0 },
      { label: 'latency p99.9, ms', lower: true, value: s => s.latency.latencyMs?.p999, digits: 0 },
      { label: 'broker CPU, % of its core', lower: true, value: s => brokerShare(s.latency), digits: 0 },
    ]),
    '',
  ].join('\n')
}

interface Row {
  readonly label: string
  readonly value: (subject: SubjectFigures) => number | undefined
  readonly digits: number
  /** The smaller figure is the better one; undefined: neither is. */
  readonly lower?: boolean
}

function loadTables(size: number, table: (measure: string, rows: readonly Row[]) => string[]): string[] {
  const cases = [
    { client: 'Kafka', direction: 'produce' },
    { client: 'Kafka', direction: 'consume' },
    { client: 'kcat', direction: 'produce' },
    { client: 'kcat', direction: 'consume' },
  ] as const
  return cases.flatMap(({ client, direction }) => {
    const of = (figure: (load: LoadFigures) => number) => (subject: SubjectFigures) => {
      const load = subject.loads.find(l => l.size === size && l.client === client && l.direction === direction)
      return load === undefined ? undefined : figure(load)
    }
    return [
      ...table(`${client === 'Kafka' ? "Kafka's client" : 'librdkafka (kcat)'}: ${direction}`, [
        { label: 'records/s', lower: false, value: of(l => l.records / l.seconds), digits: 0 },
        { label: 'MB/s', lower: false, value: of(l => (l.records * l.size) / l.seconds / 1e6), digits: 0 },
        {
          label: 'broker CPU-s per GB',
          lower: true,
          value: of(l => (l.brokerCpuSeconds / (l.records * l.size)) * 1e9),
          digits: 2,
        },
        {
          label: 'broker CPU-s per million records',
          lower: true,
          value: of(l => (l.brokerCpuSeconds / l.records) * 1e6),
          digits: 2,
        },
        { label: 'broker busy, % of its core', value: of(brokerShare), digits: 0 },
        { label: 'client busy, % of its core', value: of(clientShare), digits: 0 },
      ]),
      '',
    ]
  })
}

function tableOf(head: readonly string[], rows: readonly Row[], subjects: readonly SubjectFigures[]): string[] {
  const compares = subjects.length === 2
  const cells = [...head, ...(compares ? ['Dorsale / Kafka'] : [])]
  return [
    `| ${cells.join(' | ')} |`,
    `|---|${cells
      .slice(1)
      .map(() => '---:|')
      .join('')}`,
    ...rows.map(row => {
      const values = subjects.map(row.value)
      const texts = values.map(value => (value === undefined ? '' : formatted(value, row.digits)))
      return `| ${[row.label, ...texts, ...(compares ? [ratio(row, values)] : [])].join(' | ')} |`
    }),
  ]
}

/** How much better or worse the first is, where better has a meaning. */
function ratio({ lower }: Row, [ours, theirs]: readonly (number | undefined)[]): string {
  if (lower === undefined || ours === undefined || theirs === undefined || theirs === 0) return ''
  return `${(ours / theirs).toFixed(2)}${ours === theirs ? '' : ours < theirs === lower ? '' : ' (worse)'}`
}

function formatted(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function median(sorted: readonly number[]): number | undefined {
  return sorted[Math.floor(sorted.length / 2)]
}

function brokerShare({ brokerCpuSeconds, lifeSeconds }: LoadFigures): number {
  return (100 * brokerCpuSeconds) / lifeSeconds
}

function clientShare({ clientCpuSeconds, lifeSeconds }: LoadFigures): number {
  return (100 * clientCpuSeconds) / lifeSeconds
}
