/**
 * The suite that librdkafka is tested with, run against Apache Kafka and against Dorsale: what passes on the one must pass on the other.
 *
 *   npm run conformance -- [--against kafka|dorsale|both] [--only 0011,0090] [--minutes 8] [--again] [--results <folder>] [--port 21000]
 *
 * It goes on where it was left: a test with an outcome in results.json is run again only with --again or --only. Not part of .ci/run: it takes an hour.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { apacheKafka, dorsale, type RunningBroker } from '../brokers.ts'
import { ensurePrerequisites } from '../prerequisites.ts'
import { Processes } from '../processes.ts'
import { type Judged, type Outcome, readOutcomes, renderOutcomes, withOutcome, writeOutcomes } from './outcomes.ts'
import { brokerTests, ensureSuite } from './suite.ts'

const { values: options } = parseArgs({
  options: {
    against: { type: 'string', default: 'both' },
    only: { type: 'string' },
    minutes: { type: 'string', default: '600' },
    again: { type: 'boolean', default: false },
    port: { type: 'string', default: '21000' },
    /** Folder of results.json and RESULTS.md. */
    results: { type: 'string', default: fileURLToPath(new URL('.', import.meta.url)) },
  },
})
const testMs = 120_000
const settings = { 'num.partitions': '4', 'group.min.session.timeout.ms': '1000' }
const resultsFile = join(options.results, 'results.json')

const print = (line: string) => process.stdout.write(`${line}\n`)
const processes = new Processes()
process.on('exit', () => processes.killAll())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const directory = mkdtempSync(join(tmpdir(), 'dorsale-conformance-'))
const endMs = performance.now() + Number(options.minutes) * 60_000

const { server } = await ensurePrerequisites(processes, print)
const suite = await ensureSuite(processes, print)
const only = options.only?.split(',')
const tests = brokerTests(suite).filter(name => only === undefined || only.some(part => name.startsWith(part)))
let outcomes = readOutcomes(resultsFile)
const chosen: readonly Judged[] =
  options.against === 'both' ? ['Apache Kafka', 'Dorsale'] : [options.against === 'kafka' ? 'Apache Kafka' : 'Dorsale']
for (const broker of chosen) await judge(broker)
const reasons = JSON.parse(readFileSync(new URL('reasons.json', import.meta.url), 'utf8'))
writeFileSync(join(options.results, 'RESULTS.md'), renderOutcomes(outcomes, reasons))
rmSync(directory, { recursive: true, force: true })
process.exit(0)

async function judge(name: Judged): Promise<void> {
  const isDue = (test: string) => options.again || only !== undefined || outcomes[test]?.[name] === undefined
  const due = tests.filter(isDue)
  if (due.length === 0) return
  const port = Number(options.port)
  const home = join(directory, name.replace(' ', '-'))
  mkdirSync(home)
  const place = { port, directory: home, settings }
  const broker =
    name === 'Dorsale' ? dorsale(processes, place) : apacheKafka(processes, { ...place, classPath: server })
  let running: RunningBroker = await broker.start()
  for (const test of due) {
    if (performance.now() > endMs) break
    // A test may have ended it: that is this test's failure, and not the next one's.
    if (!running.isAlive) running = await broker.start()
    const outcome = await runTest(test, port, join(home, `${test}.log`))
    print(`${name}: ${test} ${outcome}`)
    outcomes = withOutcome(outcomes, test, name, outcome)
    writeOutcomes(resultsFile, outcomes)
  }
  await running.kill()
}

async function runTest(test: string, port: number, logFile: string): Promise<Outcome> {
  const config = join(dirname(logFile), 'test.conf')
  writeFileSync(config, `bootstrap.servers=127.0.0.1:${port}\n`)
  // The libraries are where they were built; the version lets the suite know what a broker of today can do.
  const environment = [
    `LD_LIBRARY_PATH=../src:../src-cpp`,
    `TESTS=${test}`,
    `RDKAFKA_TEST_CONF=${config}`,
    'TEST_KAFKA_VERSION=4.2.0',
  ]
  const flags = ['-L', '-Q', '-E', '-p1']
  const command = ['-C', suite, ...environment, './test-runner', ...flags]
  const running = processes.start('env', command, { logFile })
  const timer = setTimeout(() => running.child.kill('SIGKILL'), testMs)
  const outcome = await running.ended
  clearTimeout(timer)
  if (outcome === 'SIGKILL') return 'timed out'
  const log = readFileSync(logFile, 'latin1')
  // Tests that share a number run together: the summary has a row for each.
  const [, state] = new RegExp(`\\b${test} +\\| +(\\w+) `).exec(log) ?? []
  if (state === 'SKIPPED') return 'skipped'
  return state === 'PASSED' ? 'passed' : 'failed'
}
