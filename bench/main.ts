/**
 * `npm run bench`: Dorsale beside Apache Kafka, in one run, on this machine. See README.md for the method.
 *
 *     npm run bench -- [--quick] [--only dorsale|kafka] [--port 20700] [--out bench]
 *
 * Writes RESULTS.md and results.json into `--out`. Linux with two cores or more, as the method pins processes with taskset.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensurePrerequisites } from '../interop/prerequisites.ts'
import { Processes } from '../interop/processes.ts'
import { type Bench, measure, type Plan, type SubjectFigures } from './cases.ts'
import { calmLoad, loadAverage } from './cpu.ts'
import { describeMachine } from './machine.ts'
import { type Results, renderResults } from './report.ts'
import { dorsaleSubject, kafkaSubject } from './subjects.ts'

const fullPlan: Plan = {
  starts: 5,
  sizes: [
    { size: 100, records: 4_000_000 },
    { size: 1000, records: 1_000_000 },
  ],
  warmUpRecords: 500_000,
  latency: { size: 1000, rate: 10_000, records: 150_000 },
}

const quickPlan: Plan = {
  starts: 2,
  sizes: [
    { size: 100, records: 500_000 },
    { size: 1000, records: 200_000 },
  ],
  warmUpRecords: 100_000,
  latency: { size: 1000, rate: 10_000, records: 30_000 },
}

const root = fileURLToPath(new URL('..', import.meta.url))
const brokerCore = 0
const clientCore = 1

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      port: { type: 'string', default: '20700' },
      out: { type: 'string', default: import.meta.dirname },
    },
  })
  if (cpus().length < 2) throw new Error('the broker and its client need a core each: this machine has one')
  const print = (line: string) => process.stdout.write(`${line}\n`)
  const loadBefore = loadAverage()
  if (loadBefore > calmLoad) print(`warning: the load average is ${loadBefore}; the figures are shared with others`)

  const processes = new Processes()
  const directory = mkdtempSync(join(tmpdir(), 'dorsale-bench-'))
  process.once('SIGINT', () => {
    processes.killAll()
    process.exit(130)
  })
  try {
    const reference = await ensurePrerequisites(processes, print)
    // This process shares the client's core: the broker's stays its own.
    execFileSync('taskset', ['-acp', String(clientCore), String(process.pid)], { stdio: 'ignore' })
    const port = Number(values.port)
    const place = { processes, directory, port, core: brokerCore, reference }
    const plan = values.quick ? quickPlan : fullPlan
    const clients = { processes, bootstrap: `127.0.0.1:${port}`, core: clientCore, tools: reference.tools, directory }
    const bench: Bench = { clients, port, plan, directory, print }
    const subjects = [dorsaleSubject, kafkaSubject]
      .filter((_, index) => values.only === undefined || ['dorsale', 'kafka'][index] === values.only)
      .map(subject => subject(place))
    const figures: SubjectFigures[] = []
    for (const subject of subjects) figures.push(await measure(subject, bench))
    const results: Results = {
      when: new Date().toISOString().slice(0, 16),
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
      kafka: reference.version,
      machine: describeMachine(directory),
      loadBefore,
      plan,
      subjects: figures,
    }
    writeFileSync(join(values.out, 'results.json'), formatted(results))
    writeFileSync(join(values.out, 'RESULTS.md'), renderResults(results))
    print(`written: ${join(values.out, 'RESULTS.md')}`)
  } finally {
    processes.killAll()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** JSON as the repository's checks want to find it. */
function formatted(results: Results): string {
  const args = ['format', '--stdin-file-path=bench/results.json']
  const input = JSON.stringify(results, null, 2)
  return execFileSync(join(root, 'node_modules/.bin/biome'), args, { cwd: root, encoding: 'utf8', input })
}

await main()
