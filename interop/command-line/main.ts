/**
 * Kafka's tools and ours, side by side on one Apache Kafka: what both print must be the same.
 *
 *   npm run interop:cli -- [--port 20860] [--only kafka-topics] [--keep]
 *
 * A tool that changes something is run by one of the two and looked at by both. What is new each time (ids, addresses) is the same for both, because the broker is.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { apacheKafka } from '../brokers.ts'
import { javaArgs } from '../clients.ts'
import { ensurePrerequisites } from '../prerequisites.ts'
import { Processes } from '../processes.ts'
import { mainClassOf } from '../tools/java-tools.ts'
import { type Step, steps } from './steps.ts'

const toolMs = 60_000
const dorsaleMain = new URL('../../packages/cli/src/main.ts', import.meta.url).pathname

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '20860' },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})

const print = (line: string) => process.stdout.write(`${line}\n`)
const processes = new Processes()
process.on('exit', () => processes.killAll())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const directory = mkdtempSync(join(tmpdir(), 'dorsale-command-line-'))
const count = { passed: 0, failed: 0 }
try {
  const reference = await ensurePrerequisites(processes, print)
  const broker = apacheKafka(processes, { port: Number(options.port), directory, classPath: reference.server })
  await broker.start()
  for (const step of steps) await compare(step, reference.tools, broker.logDirectory)
} catch (error) {
  count.failed++
  print(`failed  the run itself: ${error instanceof Error ? error.message : String(error)}`)
}
processes.killAll()
if (count.failed === 0 && !options.keep) rmSync(directory, { recursive: true, force: true })
else print(`data and logs are in ${directory}`)
print(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1

async function compare(step: Step, tools: string, logDirectory: string): Promise<void> {
  const words = step.words.map(word => word.replaceAll('$LOGS', logDirectory))
  const cluster = step.isOffline === true ? [] : ['--bootstrap-server', `127.0.0.1:${options.port}`]
  const args = step.clusterFirst === true ? [...cluster, ...words] : [...words, ...cluster]
  const kafka = () => outputOf('java', javaArgs(tools, mainClassOf(step.tool), args))
  const ours = () => outputOf(process.execPath, [dorsaleMain, step.tool, ...args])
  const name = `${step.tool} ${words.join(' ').replaceAll(logDirectory, '')}`
  // The steps that prepare are always taken.
  const isShown = options.only === undefined || options.only === step.tool
  if (step.doneBy !== undefined) {
    const { stdout } = await (step.doneBy === 'kafka' ? kafka() : ours())
    if (step.expected !== undefined && isShown) tell(name, step.expected, stdout)
    return
  }
  if (!isShown) return
  const [theirs, mine] = [await kafka(), await ours()]
  const inOrder = (text: string) => (step.isUnordered === true ? text.split('\n').sort().join('\n') : text)
  tell(name, `${inOrder(theirs.stdout)}[exit ${theirs.code}]`, `${inOrder(mine.stdout)}[exit ${mine.code}]`)
}

function tell(name: string, expected: string, found: string): void {
  if (expected === found) {
    count.passed++
    print(`ok      ${name}`)
    return
  }
  count.failed++
  print(`failed  ${name}\n--- Kafka's\n${expected}\n--- ours\n${found}`)
}

/** Standard output, and how it ended. */
async function outputOf(command: string, args: readonly string[]): Promise<{ stdout: string; code: number | string }> {
  let stdout = ''
  const running = processes.start(command, args, {
    logFile: join(directory, 'tools.log'),
    onStdout: chunk => {
      stdout += chunk.toString()
    },
  })
  const timer = setTimeout(() => running.child.kill('SIGKILL'), toolMs)
  const code = await running.ended
  clearTimeout(timer)
  return { stdout, code }
}
