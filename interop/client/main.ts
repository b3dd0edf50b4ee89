/**
 * Our client against real brokers, one after the other, the same behaviours on all: Apache Kafka, one from before 4.0, and Dorsale.
 *
 *   npm run interop:client -- [--against dorsale|kafka|older|all] [--file <text file>] [--port 20820] [--keep]
 *
 * A real file goes through our producer into six partitions while the broker gets SIGKILL and comes back; our consumer and kcat must read it line for line, once, in
 * order. Then codecs, seeking, and what the admin client asks.
 */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createAdmin, createConsumer, createProducer, offsetPlaces } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import type { ProtocolError } from '@dorsale/protocol'
import { apacheKafka, type BrokerUnderTest, dorsale, type RunningBroker } from '../brokers.ts'
import { ownProcesses, print, runChecks } from '../check-run.ts'
import { Checks, readPassingList } from '../checks.ts'
import { KafkaTools, Kcat } from '../clients.ts'
import { LineLedger } from '../line-ledger.ts'
import { findRealFile, type NumberedFile } from '../numbered-file.ts'
import { ensureOlderKafka, ensurePrerequisites, type Reference } from '../prerequisites.ts'
import { until, within } from '../processes.ts'
import { clusterChecks } from './administration.ts'
import { accessChecks } from './administration-access.ts'
import { groupChecks } from './group-checks.ts'
import { shareChecks } from './share-checks.ts'

const partitions = 6
const jobMs = 180_000
const kills = 2
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const sampleLines = 20_000
/** Brokers with share groups (KIP-932). */
const sharesGroups: ReadonlySet<string> = new Set(['Apache Kafka', 'Dorsale'])

const { values: options } = parseArgs({
  options: {
    against: { type: 'string', default: 'all' },
    file: { type: 'string' },
    port: { type: 'string', default: '20820' },
    keep: { type: 'boolean', default: false },
  },
})

const processes = ownProcesses()

const directory = mkdtempSync(join(tmpdir(), 'dorsale-client-'))
const world = nodeWorld()
const bootstrap = `127.0.0.1:${options.port}`
const settings = { 'bootstrap.servers': bootstrap }
const all = readPassingList(new URL('passing.json', import.meta.url))
const brokerNames: Readonly<Record<string, string>> = {
  kafka: 'Apache Kafka',
  older: 'Apache Kafka 3.9',
  dorsale: 'Dorsale',
}
const chosen = options.against === 'all' ? Object.keys(brokerNames) : [options.against]
const checks = new Checks(
  all.filter(check => chosen.some(each => [': ', ', '].some(end => check.startsWith(`${brokerNames[each]}${end}`)))),
  print,
)
await runChecks({ checks, processes, directory, keeps: options.keep, body: behaveAll })

async function behaveAll(): Promise<void> {
  const reference = await ensurePrerequisites(processes, print)
  const file = await findRealFile(processes, options.file)
  for (const name of chosen) {
    const place = { port: Number(options.port), directory: join(directory, name) }
    mkdirSync(place.directory)
    await behave(await brokerOf(name, place), file, reference)
  }
}

async function brokerOf(name: string, place: { port: number; directory: string }): Promise<BrokerUnderTest> {
  if (name === 'dorsale') return dorsale(processes, place)
  const { server } =
    name === 'older' ? await ensureOlderKafka(processes, print) : await ensurePrerequisites(processes, print)
  return { ...apacheKafka(processes, { ...place, classPath: server }), name: brokerNames[name] ?? name }
}

async function behave(broker: BrokerUnderTest, file: NumberedFile, reference: Reference): Promise<void> {
  let running = await broker.start()
  await checks.run(`${broker.name}: topics are created, described, refused when there, listed and deleted`, administer)
  await checks.run(`${broker.name}: the file, through ${kills} SIGKILLs, read by our consumer`, async () => {
    running = await throughKills(broker, running, file)
    return consumeFile(file, 'file')
  })
  await checks.run(`${broker.name}: the file, read by kcat`, async () => {
    const ledger = new LineLedger(file)
    await new Kcat(processes, bootstrap).consumeAll('file', ledger)
    return ledger.end()
  })
  for (const codec of codecs) {
    await checks.run(`${broker.name}: ${codec}, there and back`, () => compressed(codec, file.head(sampleLines)))
  }
  await checks.run(`${broker.name}: offsets by place and time, seeking`, seeking)
  const admin = createAdmin({ world, settings })
  const tools = new KafkaTools(processes, { bootstrap, classPath: reference.tools })
  const restart = async () => {
    await running.kill()
    running = await broker.start()
  }
  for (const check of groupChecks) {
    await checks.run(`${broker.name}: groups: ${check.name}`, () =>
      check.run({ bootstrap, processes, tools, directory, restart }),
    )
  }
  if (sharesGroups.has(broker.name)) {
    for (const check of shareChecks) {
      await checks.run(`${broker.name}: share groups: ${check.name}`, () => check.run({ bootstrap, restart }))
    }
  }
  const others = { tools, directory, produce: produceOne, inTransaction }
  for (const check of [...clusterChecks, ...accessChecks]) {
    await checks.run(`${broker.name}: admin: ${check.name}`, async () => {
      await check.run(admin, others)
      return undefined
    })
  }
  await admin.close()
  await running.stop()
}

/** Apache Kafka again, with listeners that ask who is there. */
async function administer(): Promise<undefined> {
  const admin = createAdmin({ world, settings })
  try {
    await admin.createTopics([
      { name: 'file', numPartitions: partitions, replicationFactor: 1 },
      { name: 'doomed', numPartitions: 1, configs: { 'retention.ms': '123456' } },
    ])
    const [topic] = await admin.describeTopics(['file'])
    equal(topic?.partitions.length, partitions)
    const [configs] = await admin.describeConfigs([{ type: 'TOPIC', name: 'doomed', keys: ['retention.ms'] }])
    equal(configs?.[0]?.value, '123456')
    const [again] = await admin.createTopics([{ name: 'file', numPartitions: partitions }]).outcomes()
    equal((again?.error as ProtocolError | undefined)?.errorName, 'TOPIC_ALREADY_EXISTS')
    const names = async () =>
      (await admin.listTopics())
        .map(({ name }) => name)
        .sort()
        .join()
    equal(await names(), 'doomed,file')
    await admin.deleteTopics(['doomed'])
    await until('the deletion', 10_000, async () => (await names()) === 'file')
    const { brokers } = await admin.describeCluster()
    equal(brokers.map(({ host, port }) => `${host}:${port}`).join(), bootstrap)
  } finally {
    await admin.close()
  }
  return undefined
}

async function produceOne(topic: string, partition: number): Promise<void> {
  const producer = createProducer({ world, settings })
  await producer.send({ topic, partition, key: 'one', value: 'one' })
  await producer.close()
}

async function inTransaction(transactionalId: string, topic: string, body: () => Promise<void>) {
  const producer = createProducer({ world, settings: { ...settings, 'transactional.id': transactionalId } })
  try {
    await producer.initTransactions()
    producer.beginTransaction()
    await producer.send({ topic, partition: 0, key: 'one', value: 'one' })
    await body()
    await producer.commitTransaction()
    return undefined
  } catch (error) {
    const { cause } = error as Error
    return (cause as ProtocolError | undefined)?.errorName ?? String(error)
  } finally {
    await producer.close()
  }
}

async function throughKills(broker: BrokerUnderTest, first: RunningBroker, file: NumberedFile): Promise<RunningBroker> {
  const producer = createProducer({ world, settings })
  let sent = 0
  function* lines() {
    for (; sent < file.lineCount; sent++) yield { topic: 'file', key: String(sent), value: file.line(sent) }
  }
  const sending = producer.sendAll(lines())
  // A failure is heard below, also when a restart fails first.
  sending.catch(() => undefined)
  let running = first
  for (let kill = 1; kill <= kills; kill++) {
    await until(`part ${kill} of the file`, jobMs, () => sent > (file.lineCount * kill) / (kills + 1))
    await running.kill()
    await delay(100)
    running = await broker.start()
  }
  equal(await within('the file', jobMs, sending), file.lineCount)
  await producer.close()
  return running
}

async function consumeFile(file: NumberedFile, topic: string): Promise<string> {
  const ledger = new LineLedger(file)
  await consumeAll(topic, (partition, offset, key, value) =>
    ledger.write(Buffer.concat([Buffer.from(`${partition}\t${offset}\t${key}\t`), value, Buffer.from('\n')])),
  )
  return ledger.end()
}

async function consumeAll(
  topic: string,
  take: (partition: number, offset: number, key: string, value: Uint8Array) => void,
): Promise<void> {
  const consumer = createConsumer({ world, settings: { ...settings, 'auto.offset.reset': 'earliest' } })
  try {
    const assignment = await consumer.partitionsFor(topic)
    const ends = await consumer.endOffsets(assignment)
    let left = ends.reduce((sum, { offset }) => sum + offset, 0)
    consumer.assign(assignment)
    while (left > 0) {
      const chunk = await consumer.poll({ timeoutMs: 30_000 })
      if (chunk === undefined) throw new Error(`${left} records did not come`)
      for (const { partition, offset, key, value } of chunk) {
        take(partition, offset, Buffer.from(key ?? []).toString(), value ?? new Uint8Array(0))
        left--
      }
    }
  } finally {
    await consumer.close()
  }
}

async function compressed(codec: (typeof codecs)[number], file: NumberedFile): Promise<string> {
  const topic = `codec-${codec}`
  const admin = createAdmin({ world, settings })
  await admin.createTopics([{ name: topic, numPartitions: 2 }])
  await admin.close()
  const producer = createProducer({ world, settings: { ...settings, 'compression.type': codec, 'batch.size': 65_536 } })
  function* lines() {
    for (let line = 0; line < file.lineCount; line++) yield { topic, key: String(line), value: file.line(line) }
  }
  await producer.sendAll(lines())
  await producer.close()
  return consumeFile(file, topic)
}

async function seeking(): Promise<undefined> {
  const topic = 'times'
  const admin = createAdmin({ world, settings })
  await admin.createTopics([{ name: topic, numPartitions: 1 }])
  const producer = createProducer({ world, settings })
  const noon = Date.now() - 3_600_000
  for (let index = 0; index < 100; index++) {
    producer.send({
      topic,
      value: String(index),
      timestamp: noon + index * 1000,
      headers: [{ key: 'n', value: String(index) }],
    })
  }
  await producer.close()
  const where = { topic, partition: 0 }
  const found = await admin.listOffsets([{ ...where, timestamp: offsetPlaces.latest }])
  equal(found[0]?.offset, 100)
  await admin.close()
  const consumer = createConsumer({ world, settings: { ...settings, 'auto.offset.reset': 'none' } })
  try {
    consumer.assign([{ ...where, offset: 0 }])
    consumer.seekToTime(noon + 41_500)
    equal(await consumer.position(where), 42)
    consumer.seekToEnd()
    equal(await consumer.position(where), 100)
    consumer.seek({ ...where, offset: 77 })
    for await (const { offset, headers } of consumer.records()) {
      equal(Buffer.from(headers[0]?.value ?? []).toString(), String(offset))
      if (offset === 80) break
    }
    equal(await consumer.position(where), 81)
    consumer.seek({ ...where, offset: 5000 })
    const error = await consumer.poll({ timeoutMs: 10_000 }).catch(reason => reason.errorName)
    equal(error, 'OFFSET_OUT_OF_RANGE')
  } finally {
    await consumer.close()
  }
  return undefined
}

function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${String(actual)} where ${String(expected)} was due`)
}
