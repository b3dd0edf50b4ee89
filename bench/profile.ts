/**
 * Where Dorsale's broker spends its time under Kafka's producer (or consumer):
 *
 *     node bench/profile.ts [--size 1000] [--records 1000000] [--consume] [--port 20700]
 *
 * Prints the functions with the most self time and the files they are in. The profile itself is left in the working directory as dorsale.cpuprofile, for a
 * browser's developer tools.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dorsale } from '../interop/brokers.ts'
import { ensurePrerequisites } from '../interop/prerequisites.ts'
import { Processes } from '../interop/processes.ts'
import { kafkaConsumer, kafkaProducer } from './clients.ts'

interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}

const topCount = 40

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1000' },
    records: { type: 'string', default: '1000000' },
    consume: { type: 'boolean', default: false },
    port: { type: 'string', default: '20700' },
  },
})
const print = (line: string) => process.stdout.write(`${line}\n`)
const processes = new Processes()
const directory = mkdtempSync(join(tmpdir(), 'dorsale-profile-'))
try {
  const reference = await ensurePrerequisites(processes, print)
  const port = Number(values.port)
  const load = { topic: 'profiled', records: Number(values.records), size: Number(values.size) }
  const clients = { processes, bootstrap: `127.0.0.1:${port}`, core: 1, tools: reference.tools, directory }
  const place = { directory, port, core: 0, settings: { 'num.partitions': '6' } }
  const nodeFlags = ['--cpu-prof', `--cpu-prof-dir=${directory}`]
  const profiled = dorsale(processes, { ...place, nodeFlags })
  const produced = await (values.consume ? dorsale(processes, place) : profiled).start()
  await kafkaProducer(clients, load)
  await produced.stop()
  if (values.consume) {
    const consumed = await profiled.start()
    await kafkaConsumer(clients, load)
    await consumed.stop()
  }
  const name = readdirSync(directory).find(file => file.endsWith('.cpuprofile')) as string
  cpSync(join(directory, name), 'dorsale.cpuprofile')
  summarise(JSON.parse(readFileSync(join(directory, name), 'utf8')))
  print('written: dorsale.cpuprofile')
} finally {
  processes.killAll()
  rmSync(directory, { recursive: true, force: true })
}

function summarise({ nodes, samples, timeDeltas }: CpuProfile): void {
  const byId = new Map(nodes.map(node => [node.id, node]))
  const byFunction = new Map<string, number>()
  const byFile = new Map<string, number>()
  let total = 0
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id)
    const micros = timeDeltas[index] ?? 0
    if (node === undefined || node.callFrame.functionName === '(idle)') continue
    const { functionName, url, lineNumber } = node.callFrame
    const file = url.split('/').slice(-4).join('/') || '(runtime)'
    add(byFunction, `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`, micros)
    add(byFile, file, micros)
    total += micros
  }
  for (const [title, times] of [
    ['function', byFunction],
    ['file', byFile],
  ] as const) {
    print(`\nself time by ${title}, of ${(total / 1e6).toFixed(2)} s:`)
    const sorted = [...times].sort((left, right) => right[1] - left[1]).slice(0, topCount)
    for (const [name, micros] of sorted) print(`${((100 * micros) / total).toFixed(1).padStart(6)} %  ${name}`)
  }
}

function add(times: Map<string, number>, key: string, micros: number): void {
  times.set(key, (times.get(key) ?? 0) + micros)
}
