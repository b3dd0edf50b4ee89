/**
 * `npm run bench`: Dorsale beside Apache Kafka, in one run, on this machine. See README.md for the method.
 *
 *     npm run bench -- [--quick] [--case start,latency] [--only dorsale|kafka] [--minutes 35] [--port 20700] [--out bench]
 *
 * Writes RESULTS.md and results.json into `--out` after each case, where figures of cases that were not run stay. What a broker fails at is written in its
 * place, and the run goes on; it ends with 1 then. With `--minutes`, no case begins after that time. Linux with two cores or more, as the method pins
 * processes with taskset.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensurePrerequisites } from '../interop/prerequisites.ts'
import { Processes } from '../interop/processes.ts'
import type { Bench, Case } from './case.ts'
import { cases } from './cases/index.ts'
import { watchOthers } from './cpu.ts'
import { formattedJson } from './formatted-json.ts'
import { describeMachine } from './machine.ts'
import { fullPlan, quickPlan } from './plan.ts'
import { type CaseResults, mergedCases, type Results, renderResults, type SubjectResults } from './report.ts'
import { dorsaleSubject, kafkaSubject, type Subject } from './subjects.ts'

const brokerCore = 0
const clientCore = 1

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      case: { type: 'string' },
      minutes: { type: 'string' },
      port: { type: 'string', default: '20700' },
      out: { type: 'string', default: import.meta.dirname },
    },
  })
  if (cpus().length < 2) throw new Error('the broker and its client need a core each: this machine has one')
  const print = (line: string) => process.stdout.write(`${line}\n`)

  mkdirSync(values.out, { recursive: true })
  const startMs = performance.now()
  const processes = new Processes()
  const directory = mkdtempSync(join(tmpdir(), 'dorsale-bench-'))
  process.once('exit', () => {
    processes.killAll()
    rmSync(directory, { recursive: true, force: true })
  })
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => process.exit(code))
  }
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
  const endMs = values.minutes === undefined ? Number.POSITIVE_INFINITY : startMs + Number(values.minutes) * 60_000
  const measured: CaseResults[] = []
  for (const each of chosenCases(values.case)) {
    if (performance.now() > endMs) {
      print(`${each.name}: not begun, ${values.minutes} minutes are over`)
      process.exitCode = 1
      continue
    }
    measured.push(await measure(each, subjects, bench))
    const before: readonly CaseResults[] = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).cases ?? []) : []
    const order = cases.map(({ name }) => name)
    const merged = mergedCases(before, measured, order)
    const results: Results = { kafka: reference.version, machine: describeMachine(directory), cases: merged }
    // After each case: a long run that is stopped keeps what it has.
    writeFileSync(file, formattedJson(results))
    writeFileSync(join(values.out, 'RESULTS.md'), renderResults(results))
  }
  const failures = measured.flatMap(({ subjects }) => subjects.filter(({ failure }) => failure !== undefined))
  if (failures.length > 0) process.exitCode = 1
  const minutes = ((performance.now() - startMs) / 60_000).toFixed(1)
  print(`${measured.length} cases in ${minutes} minutes, ${failures.length} failures`)
  print(`written: ${join(values.out, 'RESULTS.md')}`)
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

/** One case, on one broker after the other. One that fails is told, and takes nothing from the other. */
async function measure({ name, title, run }: Case, brokers: readonly Subject[], bench: Bench): Promise<CaseResults> {
  const others = watchOthers()
  const subjects: SubjectResults[] = []
  for (const subject of brokers) {
    const startMs = performance.now()
    try {
      const figures = await run(subject, bench)
      for (const { label, value, digits } of figures) {
        bench.print(`${name}: ${subject.name}: ${label} ${value.toFixed(digits)}`)
      }
      subjects.push({ name: subject.name, figures })
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error)
      bench.print(`${name}: ${subject.name}: failed: ${failure}`)
      subjects.push({ name: subject.name, figures: [], failure })
    }
    // Nothing of it lives on beside the next one, on the same port.
    await bench.clients.processes.endAll()
    bench.print(`${name}: ${subject.name}: ${((performance.now() - startMs) / 1000).toFixed(0)} s in all`)
  }
  return {
    name,
    title: title(bench.plan),
    when: new Date().toISOString().slice(0, 16),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    othersCores: others(),
    subjects,
  }
}

await main()
