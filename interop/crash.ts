/**
 * The real process under SIGKILL: again and again in one run, at random moments, while librdkafka's idempotent producers send.
 *
 *   npm run crash -- [--kills 100] [--producers 2] [--port 20200] [--keep]
 *
 * The producers send numbered lines as long as the killing lasts and never give up, so at the end every line must be in the topic once, in
 * the order of its producer within each partition, offsets without a gap, and every restart must have come up. It says nothing
 * about the death of the machine, which the simulated world covers: the page cache survives SIGKILL.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { dorsale, type RunningBroker } from './brokers.ts'
import { Kcat } from './clients.ts'
import { Feeder } from './feeder.ts'
import { Processes, until } from './processes.ts'
import { StreamLedger } from './stream-ledger.ts'

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    producers: { type: 'string', default: '2' },
    port: { type: 'string', default: '20200' },
    keep: { type: 'boolean', default: false },
  },
})

const topic = 'crashes'
const partitions = 6
/** From readiness to death. The shortest are there before the clients are back. */
const lifeMsMin = 20
const lifeMsMax = 1200

const print = (line: string) => process.stdout.write(`${line}\n`)
const processes = new Processes()
process.on('exit', () => processes.killAll())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const directory = mkdtempSync(join(tmpdir(), 'dorsale-crash-'))
try {
  await crash()
  if (!options.keep) rmSync(directory, { recursive: true, force: true })
} catch (error) {
  print(`failed: ${error instanceof Error ? error.message : String(error)}`)
  print(`data and logs are in ${directory}`)
  process.exitCode = 1
}
processes.killAll()

async function crash(): Promise<void> {
  const kills = Number(options.kills)
  const port = Number(options.port)
  const broker = dorsale(processes, {
    port,
    directory,
    settings: { 'num.partitions': String(partitions), 'log.segment.bytes': '2097152' },
  })
  const kcat = new Kcat(processes, `127.0.0.1:${port}`)
  const startMs: number[] = []
  const start = async (): Promise<RunningBroker> => {
    const running = await broker.start()
    startMs.push(running.readyMs)
    return running
  }

  let running = await start()
  const producers = Array.from({ length: Number(options.producers) }, (_, index) => {
    const child = kcat.startProducer({ topic, stdin: 'pipe', logFile: join(directory, `producer-${index}.log`) })
    return new Feeder(`p${index}`, child)
  })
  await until('the first lines', 30_000, () => producers.every(producer => producer.sent > 1000))
  for (let kill = 1; kill <= kills; kill++) {
    await delay(lifeMsMin + Math.random() * (lifeMsMax - lifeMsMin))
    await running.kill()
    running = await start()
    if (kill % 10 === 0) {
      const sent = producers.reduce((sum, producer) => sum + producer.sent, 0)
      print(`${kill} kills, ${sent} lines sent, slowest restart ${Math.round(Math.max(...startMs))} ms`)
    }
  }
  await Promise.all(producers.map(producer => producer.finish()))

  const ledger = new StreamLedger(new Map(producers.map(producer => [producer.name, producer.sent])))
  await kcat.consumeAll(topic, ledger)
  const descriptors = readdirSync(`/proc/${running.pid}/fd`).length
  const outcome = await running.stop()
  if (outcome !== 0) throw new Error(`the last broker ended with ${outcome}`)
  const sorted = startMs.toSorted((a, b) => a - b)
  print(
    `${kills} kills; ${ledger.end()}; restart p50 ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms, ` +
      `slowest ${Math.round(sorted.at(-1) ?? 0)} ms; ${descriptors} descriptors at the end`,
  )
}
