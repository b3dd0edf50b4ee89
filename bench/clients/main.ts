/**
 * `npm run bench:clients`: Dorsale's client beside its rivals, on one Apache Kafka. See README.md for the method.
 *
 *     npm run bench:clients -- [--quick] [--runs 3] [--cell produce-100,consume] [--client dorsale,kafkajs] [--long-read 10000000] [--port 20740] [--out bench]
 *
 * Writes CLIENTS.md and clients.json into `--out`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createAdmin, createProducer } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import { ensurePrerequisites } from '../../interop/prerequisites.ts'
import { Processes } from '../../interop/processes.ts'
import { withBroker } from '../case.ts'
import { watchOthers } from '../cpu.ts'
import { formattedJson } from '../formatted-json.ts'
import { describeMachine } from '../machine.ts'
import { settle } from '../measured.ts'
import { kafkaSubject } from '../subjects.ts'
import { type Cell, cells } from './cells.ts'
import { type CellResults, type ClientFigures, type ClientResults, median, renderClients } from './report.ts'
import { type BenchClient, benchClients } from './rivals.ts'

const brokerCore = 0
const clientCore = 1
const runMs = 180_000
const world = nodeWorld()
const print = (line: string) => process.stdout.write(`${line}\n`)

interface Ran {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMb: number
  readonly memoryMb?: readonly number[]
}

/** One client at one job, in a process of its own. */
type Run = (client: BenchClient, job: Cell['job'], options: object) => Promise<Ran>

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      cell: { type: 'string' },
      client: { type: 'string' },
      'long-read': { type: 'string' },
      port: { type: 'string', default: '20740' },
      out: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
    },
  })
  if (cpus().length < 2) throw new Error('the broker and its client need a core each: this machine has one')
  const runs = Number(values.runs ?? (values.quick ? 1 : 3))
  const longRecords = Number(values['long-read'] ?? (values.quick ? 0 : 10_000_000))

  const processes = new Processes()
  const directory = mkdtempSync(join(tmpdir(), 'dorsale-bench-clients-'))
  process.once('SIGINT', () => {
    processes.killAll()
    process.exit(130)
  })
  try {
    const reference = await ensurePrerequisites(processes, print)
    const all = await benchClients(processes, join(directory, 'installed'), print)
    const usual = all.filter(({ onlyByName }) => !onlyByName)
    const clients = values.client === undefined ? usual : chosen(all, ({ name }) => name.toLowerCase(), values.client)
    const port = Number(values.port)
    const bootstrap = `127.0.0.1:${port}`
    execFileSync('taskset', ['-acp', String(clientCore), String(process.pid)], { stdio: 'ignore' })
    const run: Run = async ({ driver }, job, options) => {
      const words = ['-c', String(clientCore), process.execPath, driver, bootstrap, job, JSON.stringify(options)]
      const { stdout } = await processes.run('taskset', words, { deadlineMs: runMs })
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    }
    mkdirSync(join(directory, 'broker'))
    const place = { processes, directory: join(directory, 'broker'), port, core: brokerCore, reference }
    const others = watchOthers()
    const running = await kafkaSubject(place).fresh().start()
    const measured = await withBroker(running, async () => {
      const figures: CellResults[] = []
      for (const cell of chosen(cells(values.quick ? 0.1 : 1), ({ name }) => name, values.cell)) {
        figures.push(await measureCell(cell, { clients, runs, bootstrap, run }))
      }
      const ours = clients.find(({ name }) => name === 'Dorsale')
      const longRead =
        ours === undefined || longRecords === 0 ? undefined : await readLong(ours, longRecords, { bootstrap, run })
      return { cells: figures, ...(longRead === undefined ? {} : { longRead }) }
    })
    const results: ClientResults = {
      kafka: reference.version,
      machine: describeMachine(directory),
      when: new Date().toISOString().slice(0, 16),
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
      othersCores: others(),
      runs,
      ...measured,
    }
    writeFileSync(join(values.out, 'clients.json'), formattedJson(results))
    writeFileSync(join(values.out, 'CLIENTS.md'), renderClients(results))
    print(`written: ${join(values.out, 'CLIENTS.md')}`)
  } finally {
    processes.killAll()
    rmSync(directory, { recursive: true, force: true })
  }
}

interface CellContext {
  readonly clients: readonly BenchClient[]
  readonly runs: number
  readonly bootstrap: string
  readonly run: Run
}

/** Every client in turn, again and again, so that what the machine does meanwhile falls on all of them; and each round begins with another, since the broker's own compilers serve who comes first worst. */
async function measureCell(cell: Cell, { clients, runs, bootstrap, run }: CellContext): Promise<CellResults> {
  const { name, title, job, size, codec, records } = cell
  const rans = new Map(clients.map(client => [client, [] as Ran[]]))
  const source = `${name}-source`
  if (job === 'consume') await fill(bootstrap, source, cell)
  for (let round = 0; round < runs; round++) {
    for (let turn = 0; turn < clients.length; turn++) {
      const index = (turn + round) % clients.length
      const client = clients[index]!
      const topic = job === 'consume' ? source : `${name}-${round}-${index}`
      if (job !== 'consume') await makeTopic(bootstrap, topic)
      settle()
      const ran = await run(client, job, { topic, records, size, codec, group: `${name}-${round}-${index}` })
      rans.get(client)?.push(ran)
      print(`${name}: ${client.name}: ${Math.round(records / ran.seconds)} records/s`)
      if (job !== 'consume') await deleteTopic(bootstrap, topic)
    }
  }
  if (job === 'consume') await deleteTopic(bootstrap, source)
  const figures = [...rans].map(
    ([client, each]): ClientFigures => ({
      client: client.name,
      recordsPerSecond: median(each.map(({ seconds }) => records / seconds)),
      cpuSecondsPerMillion: median(each.map(({ cpuSeconds }) => (cpuSeconds / records) * 1e6)),
      peakMb: median(each.map(({ peakMb }) => peakMb)),
    }),
  )
  return { name, title, figures }
}

async function readLong(
  client: BenchClient,
  records: number,
  { bootstrap, run }: Pick<CellContext, 'bootstrap' | 'run'>,
) {
  const topic = 'long-read'
  await fill(bootstrap, topic, { size: 100, codec: 'none', records })
  const { memoryMb = [] } = await run(client, 'consume', { topic, records, group: topic })
  print(`long read: ${memoryMb.map(each => each.toFixed(0)).join(' ')} MB`)
  await deleteTopic(bootstrap, topic)
  return { records, memoryMb }
}

/** What the consumers read: written by our producer, whoever reads it. */
async function fill(
  bootstrap: string,
  topic: string,
  { size, codec, records }: Pick<Cell, 'size' | 'codec' | 'records'>,
) {
  await makeTopic(bootstrap, topic)
  const settings = { 'bootstrap.servers': bootstrap, 'compression.type': codec, 'batch.size': 100_000 }
  const producer = createProducer({ world, settings })
  const filler = '{"order":,"state":"paid"},'
  function* all() {
    for (let sent = 0; sent < records; sent++)
      yield { topic, value: `${sent}${filler.repeat(size / 20)}`.slice(0, size) }
  }
  await producer.sendAll(all())
  await producer.close()
}

async function makeTopic(bootstrap: string, name: string): Promise<void> {
  const admin = createAdmin({ world, settings: { 'bootstrap.servers': bootstrap } })
  await admin.createTopics([{ name, numPartitions: 6, replicationFactor: 1 }])
  await admin.close()
}

async function deleteTopic(bootstrap: string, name: string): Promise<void> {
  const admin = createAdmin({ world, settings: { 'bootstrap.servers': bootstrap } })
  await admin.deleteTopics([name])
  await admin.close()
}

/** All, or those that have one of the words in their name. */
function chosen<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  words: string | undefined,
): readonly Item[] {
  if (words === undefined) return items
  const wanted = words.split(',')
  const found = items.filter(item => wanted.some(word => nameOf(item).includes(word)))
  if (found.length === 0) throw new Error(`${words} names none of ${items.map(nameOf).join(', ')}`)
  return found
}

await main()
