/**
 * The real process under SIGKILL: again and again in one run, at random moments, while librdkafka's idempotent producers send and the members of a group of
 * confluent-kafka-python read, which are killed, and leave, now and then themselves.
 *
 *   npm run crash -- [--kills 100] [--producers 2] [--members 2] [--port 20200] [--keep]
 *
 * The producers send numbered lines as long as the killing lasts and never give up, so at the end every line must be in the topic once, in
 * the order of its producer within each partition, offsets without a gap, and every restart must have come up. The group must have read every line, found
 * the same one at the same offset whenever it came back to it, and committed the end of each partition. It says nothing
 * about the death of the machine, which the simulated world covers: the page cache survives SIGKILL.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createAdmin } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import { dorsale, type RunningBroker } from './brokers.ts'
import { Kcat } from './clients.ts'
import { CrashMembers, expectCommitted, sessionMs } from './crash-members.ts'
import { Feeder } from './feeder.ts'
import { ForeignDriver } from './foreign/foreign-driver.ts'
import { foreignClients } from './foreign/install.ts'
import { GroupLedger } from './group-ledger.ts'
import { Processes, until } from './processes.ts'
import { StreamLedger } from './stream-ledger.ts'

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    producers: { type: 'string', default: '2' },
    members: { type: 'string', default: '2' },
    port: { type: 'string', default: '20200' },
    keep: { type: 'boolean', default: false },
  },
})

const topic = 'crashes'
const group = 'survivors'
/** The first members may have to wait until the sessions of the dead are over. */
const groupDeadlineMs = 120_000
const partitions = 6
/** From readiness to death. The shortest are there before the clients are back. */
const lifeMsMin = 20
const lifeMsMax = 1200
/** Some lives are long enough for a group to get over its dead and to read. */
const longLifeShare = 0.15
const longLifeMs = 4000

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
    settings: {
      'num.partitions': String(partitions),
      'log.segment.bytes': '2097152',
      'group.min.session.timeout.ms': String(sessionMs),
    },
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
  const groupLedger = new GroupLedger()
  const members = await startMembers(port, groupLedger)
  for (let kill = 1; kill <= kills; kill++) {
    const isLong = Math.random() < longLifeShare
    await delay(isLong ? longLifeMs : lifeMsMin + Math.random() * (lifeMsMax - lifeMsMin))
    await running.kill()
    running = await start()
    members?.maybeReplace()
    if (kill % 10 === 0) {
      const sent = producers.reduce((sum, producer) => sum + producer.sent, 0)
      print(
        `${kill} kills, ${sent} lines sent, ${groupLedger.readCount} read by the group, slowest restart ${Math.round(Math.max(...startMs))} ms`,
      )
    }
  }
  await Promise.all(producers.map(producer => producer.finish()))

  const sent = new Map(producers.map(producer => [producer.name, producer.sent]))
  const ledger = new StreamLedger(sent)
  await kcat.consumeAll(topic, ledger)
  const summary = ledger.end()
  const groupSummary = members === undefined ? '' : await judgeGroup(members, { port, sent, groupLedger, ledger })
  const descriptors = readdirSync(`/proc/${running.pid}/fd`).length
  const outcome = await running.stop()
  if (outcome !== 0) throw new Error(`the last broker ended with ${outcome}`)
  const sorted = startMs.toSorted((a, b) => a - b)
  print(
    `${kills} kills; ${summary}${groupSummary}; restart p50 ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms, ` +
      `slowest ${Math.round(sorted.at(-1) ?? 0)} ms; ${descriptors} descriptors at the end`,
  )
}

/** Undefined when there are to be none. */
async function startMembers(port: number, ledger: GroupLedger): Promise<CrashMembers | undefined> {
  const count = Number(options.members)
  const client = foreignClients.find(({ name }) => name === 'confluent-kafka-python')
  if (count === 0 || client === undefined) return undefined
  const command = await client.install({ processes, print })
  const driver = new ForeignDriver({ processes, command, bootstrap: `127.0.0.1:${port}`, directory })
  return new CrashMembers({ driver, ledger, topic, group, count })
}

async function judgeGroup(
  members: CrashMembers,
  run: { port: number; sent: ReadonlyMap<string, number>; groupLedger: GroupLedger; ledger: StreamLedger },
): Promise<string> {
  const { port, sent, groupLedger, ledger } = run
  await until('every line read by the group', groupDeadlineMs, () => groupLedger.missing(sent) === 0)
  await members.leave()
  const summary = groupLedger.end(sent)
  const admin = createAdmin({ world: nodeWorld(), settings: { 'bootstrap.servers': `127.0.0.1:${port}` } })
  try {
    await expectCommitted(admin, { topic, group, ends: ledger.ends })
  } finally {
    await admin.close()
  }
  return `; ${summary}, by members of whom ${members.deaths} died or left`
}
