/**
 * The very same application, run with kafkajs and with `dorsale/kafkajs`, against Dorsale and Apache Kafka: what it prints must be the same four times.
 *
 *   npm run interop:kafkajs -- [--against dorsale|kafka|all] [--port 21850]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { apacheKafka, type BrokerUnderTest, dorsale } from '../brokers.ts'
import { ensurePrerequisites } from '../prerequisites.ts'
import { Processes } from '../processes.ts'

const { values: options } = parseArgs({
  options: { against: { type: 'string', default: 'all' }, port: { type: 'string', default: '21850' } },
})
const application = fileURLToPath(new URL('application.ts', import.meta.url))
const libraries = ['kafkajs', '@dorsale/kafkajs'] as const
const runMs = 90_000

const print = (line: string) => process.stdout.write(`${line}\n`)
const processes = new Processes()
process.on('exit', () => processes.killAll())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const directory = mkdtempSync(join(tmpdir(), 'dorsale-kafkajs-'))
const outputs = new Map<string, string>()
for (const name of ['dorsale', 'kafka'] as const) {
  if (options.against !== 'all' && options.against !== name) continue
  const place = { port: Number(options.port), directory: join(directory, name) }
  mkdirSync(place.directory)
  const broker = await brokerOf(name, place)
  const running = await broker.start()
  for (const library of libraries) outputs.set(`${library} on ${broker.name}`, await runWith(library))
  await running.stop()
}
processes.killAll()
rmSync(directory, { recursive: true, force: true })

const [first = ['', ''], ...others] = outputs
const lines = first[1].split('\n')
let failed = lines.length > 20 ? 0 : 1
if (failed > 0) print(`failed  ${first[0]} printed only:\n${first[1]}`)
for (const [name, output] of others) {
  const differing = differences(lines, output.split('\n'))
  if (differing.length > 0) failed++
  print(
    differing.length === 0
      ? `ok      ${name}: as ${first[0]}, ${lines.length} lines`
      : `failed  ${name}, not as ${first[0]}:`,
  )
  for (const line of differing) print(line)
}
print(`${outputs.size - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

async function brokerOf(
  name: 'dorsale' | 'kafka',
  place: { port: number; directory: string },
): Promise<BrokerUnderTest> {
  if (name === 'dorsale') return dorsale(processes, place)
  const { server } = await ensurePrerequisites(processes, print)
  return apacheKafka(processes, { ...place, classPath: server })
}

async function runWith(library: string): Promise<string> {
  const args = [application, library, `127.0.0.1:${options.port}`]
  const { stdout } = await processes.run(process.execPath, args, { deadlineMs: runMs })
  return stdout
}

function differences(expected: readonly string[], actual: readonly string[]): string[] {
  return Array.from({ length: Math.max(expected.length, actual.length) }, (_, index) => index)
    .filter(index => expected[index] !== actual[index])
    .flatMap(index => [`  expected  ${expected[index] ?? '(nothing)'}`, `  printed   ${actual[index] ?? '(nothing)'}`])
}
