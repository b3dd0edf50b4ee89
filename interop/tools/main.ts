/**
 * Kafka's own command line tools on Dorsale and on Apache Kafka with the same properties and the same history: what they print must be the same, line by line. With
 * `--tools dorsale`, our tools and Kafka's, each on an Apache Kafka of its own. What may differ is in expected.ts, each with its reason; a new difference fails.
 *
 *   npm run differ:tools -- [--tools kafka|dorsale] [--only kafka-topics,kafka-configs] [--port 20940] [--keep]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { apacheKafka, type BrokerUnderTest, dorsale } from '../brokers.ts'
import { AskedBroker } from '../differ/asked-broker.ts'
import type { Step } from '../differ/step.ts'
import { ensurePrerequisites } from '../prerequisites.ts'
import { Processes } from '../processes.ts'
import { type ExpectedOutput, expectedOutputs } from './expected.ts'
import { JavaTools, type ToolRun } from './java-tools.ts'
import { type BrokerFacts, differingLines, normalisedLines } from './normalised.ts'
import { runOurTool } from './our-tools.ts'
import { files, runs, type ToolRunPlan } from './runs.ts'

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '20940' },
    tools: { type: 'string', default: 'kafka' },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})
/** Beside the single node's. */
const settings = { 'num.partitions': '1' }
/** Who is nobody in particular may do everything, so that lists of who may do what can be kept. */
const authorizer = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
}
/** Which of the two questions is asked. */
const asked = options.tools === 'dorsale' ? 'our tools' : 'our broker'
const rows = expectedOutputs.filter(({ of }) => of === undefined || of === asked)

const print = (line: string) => process.stdout.write(`${line}\n`)
const processes = new Processes()
process.on('exit', () => processes.killAll())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const directory = mkdtempSync(join(tmpdir(), 'dorsale-tools-'))
const count = { passed: 0, expected: 0, failed: 0 }
const used = new Set<ExpectedOutput>()
try {
  await compareAll()
} catch (error) {
  count.failed++
  print(`failed  the run itself: ${error instanceof Error ? error.message : String(error)}`)
}
processes.killAll()
if (options.only === undefined) {
  for (const row of rows.filter(each => !used.has(each))) {
    print(`idle    ${row.run} | ${row.line}: nothing differs there any more, the row may go`)
  }
}
if (count.failed === 0 && !options.keep) rmSync(directory, { recursive: true, force: true })
else print(`data and logs are in ${directory}`)
print(`${count.expected} lines differ as expected`)
print(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1

interface Side extends BrokerFacts {
  readonly broker: BrokerUnderTest
  readonly filesDirectory: string
  readonly run: (tool: string, words: readonly string[], stdin?: string) => Promise<ToolRun>
}

async function compareAll(): Promise<void> {
  const reference = await ensurePrerequisites(processes, print)
  const logFile = join(directory, 'tools.log')
  const java = new JavaTools(processes, { classPath: reference.tools, logFile })
  const side = (name: 'ours' | 'theirs', port: number): Side => {
    const isComparingTools = asked === 'our tools'
    const home = join(directory, name)
    // A controller that can be asked; and where replicas shall move, a second directory. Which of two gets a new partition is chance.
    const logDirectories = { $LOGS: join(home, 'data', 'log'), $OTHER: join(home, 'data', 'other') }
    const place = {
      port,
      directory: home,
      settings: {
        ...settings,
        listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}`,
        ...authorizer,
        ...(isComparingTools ? { 'log.dirs': Object.values(logDirectories).join(',') } : {}),
      },
    }
    const filesDirectory = join(place.directory, 'files')
    mkdirSync(filesDirectory, { recursive: true })
    const isOurs = name === 'ours' && asked === 'our broker'
    const broker = isOurs
      ? dorsale(processes, place)
      : apacheKafka(processes, { ...place, classPath: reference.server })
    for (const [file, text] of Object.entries(files)) {
      const named = text.replaceAll('$LOGS', broker.logDirectory).replaceAll('$OTHER', logDirectories.$OTHER)
      writeFileSync(join(filesDirectory, file), named)
    }
    const run: Side['run'] =
      name === 'ours' && isComparingTools
        ? (...words) => runOurTool(processes, logFile, ...words)
        : (...words) => java.run(...words)
    return { broker, port, directory: place.directory, filesDirectory, run }
  }
  const port = Number(options.port)
  const sides = [side('ours', port), side('theirs', port + 10)] as const
  await Promise.all(sides.map(({ broker }) => broker.start()))
  for (const plan of runs.filter(({ of }) => of === undefined || of === asked)) await compare(plan, sides)
  java.end()
}

async function compare(plan: ToolRunPlan, sides: readonly [Side, Side]): Promise<void> {
  const { isUnordered = false, masks = [] } = plan
  const outputs: string[][] = []
  for (const side of sides) {
    const words = plan.words.map(word =>
      word
        .replace('$CLUSTER', `127.0.0.1:${side.port}`)
        .replace('$CONTROLLER', `127.0.0.1:${side.port + 1}`)
        .replace('$LOGS', side.broker.logDirectory)
        .replace('$FILES', side.filesDirectory),
    )
    if (plan.asks !== undefined) await askAll(side.port, plan.asks)
    const { stdout, code } = await side.run(plan.tool, words, plan.stdin)
    outputs.push([...normalisedLines(stdout, side, { isUnordered, masks }), `[exit ${code}]`])
  }
  const shown = plan.words.filter(word => word !== '--bootstrap-server' && !word.startsWith('$C'))
  const name = [plan.tool, ...shown].join(' ')
  if (options.only !== undefined && !options.only.split(',').includes(plan.tool)) return
  const [ours = [], theirs = []] = outputs
  const unexpected = differingLines(ours, theirs).filter(line => !isExpected(name, line))
  if (unexpected.length === 0) {
    count.passed++
    print(`ok      ${name}`)
    return
  }
  count.failed++
  print(`failed  ${name}`)
  for (const line of unexpected) print(`        ${line}`)
}

async function askAll(port: number, steps: readonly Step[]): Promise<void> {
  const broker = new AskedBroker(port)
  try {
    for (const step of steps) {
      const answer = await broker.ask(step)
      if (!('response' in answer) || (answer.response.errorCode ?? 0) !== 0)
        throw new Error(`${step.api.name}: ${step.name} on port ${port}: ${JSON.stringify(answer)}`)
    }
  } finally {
    broker.close()
  }
}

function isExpected(run: string, line: string): boolean {
  const row = rows.find(each => run.startsWith(each.run) && each.line.test(line))
  if (row === undefined) return false
  used.add(row)
  count.expected++
  return true
}
