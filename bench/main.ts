/**
 * `npm run bench`: Dorsale beside Apache Kafka, in one run, on this machine. See README.md for the method.
 *
 *     npm run bench -- [--quick] [--case start,latency] [--only dorsale|kafka] [--port 20700] [--out bench]
 *
 * Writes RESULTS.md and results.json into `--out`, where figures of cases that were not run stay. Linux with two cores or more, as the method pins processes with taskset.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensurePrerequisites } from '../interop/prerequisites.ts'
import { Processes } from '../interop/processes.ts'
import type { Bench, Case, Figure } from './case.ts'
import { cases } from './cases/index.ts'
import { calmLoad, loadAverage } from './cpu.ts'
import { formattedJson } from './formatted-json.ts'
import { describeMachine } from './machine.ts'
import { fullPlan, quickPlan } from './plan.ts'
import { type CaseResults, mergedCases, type Results, renderResults } from './report.ts'
import { dorsaleSubject, kafkaSubject, type Subject } from './subjects.ts'

const brokerCore = 0
const clientCore = 1

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      case: { type: 'string' },
      port: { type: 'string', default: '20700' },
      out: { type: 'string', default: import.meta.dirname },
    },
  })
  if (cpus().length < 2) throw new Error('the broker and its client need a core each: this machine has one')
  const print = (line: string) => process.stdout.write(`${line}\n`)
  if (loadAverage() > calmLoad)
    print(`warning: the load average is ${loadAverage()}; the figures are shared with others`)

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
    const file = join(values.out, 'results.json')
    const measured: CaseResults[] = []
    for (const each of chosenCases(values.case)) {
      const result = await measure(each, subjects, bench)
      measured.push(result)
      const before: readonly CaseResults[] = existsSync(file)
        ? (JSON.parse(readFileSync(file, 'utf8')).cases ?? [])
        : []
      const order = cases.map(({ name }) => name)
      const merged = mergedCases(before, measured, order)
      const results: Results = { kafka: reference.version, machine: describeMachine(directory), cases: merged }
      // After each case: a long run that is stopped keeps what it has.
      writeFileSync(file, formattedJson(results))
      writeFileSync(join(values.out, 'RESULTS.md'), renderResults(results))
    }
    print(`written: ${join(values.out, 'RESULTS.md')}`)
  } finally {
    processes.killAll()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** All of them but the longest, or those whose names are given; a name may stand for all that begin with it. */
function chosenCases(names: string | undefined): readonly Case[] {
  if (names === undefined) return cases.filter(({ onlyByName }) => onlyByName !== true)
  const wanted = names.split(',')
  const unknown = wanted.find(name => !cases.some(each => each.name.startsWith(name)))
  if (unknown !== undefined) {
    throw new Error(`there is no case ${unknown}; the cases are ${cases.map(({ name }) => name).join(', ')}`)
  }
  return cases.filter(({ name }) => wanted.some(each => name.startsWith(each)))
}

/** One case, on one broker after the other. */
async function measure({ name, title, run }: Case, brokers: readonly Subject[], bench: Bench): Promise<CaseResults> {
  const loadBefore = loadAverage()
  const subjects: { name: string; figures: readonly Figure[] }[] = []
  for (const subject of brokers) {
    const figures = await run(subject, bench)
    for (const { label, value, digits } of figures) {
      bench.print(`${name}: ${subject.name}: ${label} ${value.toFixed(digits)}`)
    }
    subjects.push({ name: subject.name, figures })
  }
  return {
    name,
    title: title(bench.plan),
    when: new Date().toISOString().slice(0, 16),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    loadBefore,
    subjects,
  }
}

await main()
