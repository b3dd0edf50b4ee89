/**
 * Our client against three brokers of Apache Kafka that are killed, one after the other, and come back: leaders and coordinators move underneath.
 *
 *   npm run interop:cluster -- [--kills 6] [--port 20860] [--keep]
 *
 * While brokers die, a producer writes numbered records with acks=all, groups of both protocols read them, and a transactional copy goes from one topic to another. In the
 * end every record is there once, in order; both groups have read every one; the copy has each once for whoever reads what is committed.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  type Consumer,
  type ConsumerSettings,
  createAdmin,
  createConsumer,
  createProducer,
  TransactionError,
} from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import { ownProcesses, print, runChecks } from '../check-run.ts'
import { Checks, readPassingList } from '../checks.ts'
import { KafkaCluster } from '../kafka-cluster.ts'
import { ensurePrerequisites } from '../prerequisites.ts'
import { until, within } from '../processes.ts'

const partitionCount = 6
const settleMs = 120_000
const groups: Readonly<Record<string, ConsumerSettings>> = {
  classic: { 'partition.assignment.strategy': 'cooperative-sticky' },
  'KIP-848': { 'group.protocol': 'consumer' },
}

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '6' },
    port: { type: 'string', default: '20860' },
    keep: { type: 'boolean', default: false },
  },
})
const kills = Number(options.kills)
const processes = ownProcesses()

const world = nodeWorld()
const directory = mkdtempSync(join(tmpdir(), 'dorsale-cluster-'))
const checks = new Checks(readPassingList(new URL('cluster-passing.json', import.meta.url)), print)
type Shared = Readonly<{ 'bootstrap.servers': string }>

async function run(): Promise<void> {
  const reference = await ensurePrerequisites(processes, print)
  const cluster = new KafkaCluster(processes, { port: Number(options.port), directory, classPath: reference.server })
  await cluster.start()
  const shared = { 'bootstrap.servers': cluster.bootstrap }
  const admin = createAdmin({ world, settings: shared })
  await admin.createTopics(
    ['numbers', 'copies'].map(name => ({ name, numPartitions: partitionCount, replicationFactor: 3 })),
  )
  const writer = new Writer(shared)
  const readers = Object.entries(groups).map(([name, settings]) => new Reader(shared, name, settings))
  const copier = new Copier(shared)
  await until('every member at work', settleMs, () => readers.every(({ count }) => count > 0))
  const leaders = await leadersOf(admin)
  let moved = 0
  await checks.run(`${kills} times a broker dies and comes back`, async () => {
    for (let kill = 0; kill < kills; kill++) {
      const before = writer.acknowledged
      const id = cluster.nodeIds[kill % cluster.nodeIds.length]!
      await cluster.killNode(id)
      await until(`records acknowledged without node ${id}`, settleMs, () => writer.acknowledged > before + 1000)
      await cluster.startNode(id)
      await until(`every replica back in sync`, settleMs, async () => isInSync(admin))
      const now = await leadersOf(admin)
      moved += now.filter((leader, partition) => leader !== leaders[partition]).length
    }
    if (moved === 0) throw new Error('no leader has moved: nothing was tried')
    return `${writer.acknowledged} records acknowledged meanwhile, leaders elsewhere ${moved} times`
  })
  await checks.run('every acknowledged record is there once, in order', async () => {
    const sent = await writer.stop()
    const found = await readAll(shared, 'numbers')
    judge(found, sent)
    return `${sent} records`
  })
  for (const reader of readers) {
    await checks.run(`the ${reader.name} group has read every record`, async () => {
      await until('the rest', settleMs, () => reader.seen.size === writer.acknowledged)
      await reader.stop()
      return `${reader.handed - reader.seen.size} of ${reader.seen.size} more than once`
    })
  }
  await checks.run('the transactional copy has each record once', async () => {
    await until('the rest of the copy', settleMs, () => copier.copied >= writer.acknowledged)
    await copier.stop()
    judge(await readAll(shared, 'copies'), writer.acknowledged)
    return `${copier.aborted} transactions were aborted on the way`
  })
  await admin.close()
}

/** Numbers, each once: `n` to partition `n % partitionCount`. */
class Writer {
  acknowledged = 0
  #isStopping = false
  readonly #shared: Shared
  readonly #ended: Promise<unknown>

  constructor(shared: Shared) {
    this.#shared = shared
    this.#ended = this.#write().then(
      () => undefined,
      error => error,
    )
  }

  async #write(): Promise<void> {
    const producer = createProducer({ world, settings: this.#shared })
    for (let next = 0; !this.#isStopping; ) {
      const batch = Array.from({ length: 100 }, (_, index) => numbered('numbers', next + index))
      await producer.sendAll(batch)
      next += batch.length
      this.acknowledged = next
    }
    await producer.close()
  }

  async stop(): Promise<number> {
    this.#isStopping = true
    const error = await within('the last records', settleMs, this.#ended)
    if (error !== undefined) throw error
    return this.acknowledged
  }
}

/** Two members of a group. */
class Reader {
  readonly name: string
  readonly seen = new Set<string>()
  handed = 0
  readonly #members: readonly Consumer[]
  readonly #ended: Promise<unknown>

  constructor(shared: Shared, name: string, settings: ConsumerSettings) {
    this.name = name
    this.#members = [1, 2].map(() =>
      createConsumer({
        world,
        settings: { ...shared, 'group.id': `readers-${name}`, 'auto.offset.reset': 'earliest', ...settings },
      }),
    )
    this.#ended = Promise.all(this.#members.map(member => this.#read(member))).then(
      () => undefined,
      error => error,
    )
  }

  async #read(member: Consumer): Promise<void> {
    member.subscribe(['numbers'])
    for await (const { partition, offset } of member.records()) {
      this.seen.add(`${partition}@${offset}`)
      this.handed++
    }
  }

  get count(): number {
    return Math.min(...this.#members.map(({ assignment }) => assignment.length))
  }

  async stop(): Promise<void> {
    for (const member of this.#members) member.stop()
    const error = await within('the end of the group', settleMs, this.#ended)
    for (const member of this.#members) await member.close()
    if (error !== undefined) throw error
  }
}

/** Copies from `numbers` to `copies`, offsets and records in one transaction. */
class Copier {
  copied = 0
  aborted = 0
  readonly #shared: Shared
  readonly #consumer: Consumer
  readonly #ended: Promise<unknown>

  constructor(shared: Shared) {
    this.#shared = shared
    this.#consumer = createConsumer({
      world,
      settings: { ...shared, 'group.id': 'copier', 'auto.offset.reset': 'earliest', 'enable.auto.commit': false },
    })
    this.#ended = this.#copy().then(
      () => undefined,
      error => error,
    )
  }

  async #copy(): Promise<void> {
    const consumer = this.#consumer
    const producer = createProducer({ world, settings: { ...this.#shared, 'transactional.id': 'copier' } })
    await producer.initTransactions()
    consumer.subscribe(['numbers'])
    for await (const chunk of consumer.chunks()) {
      const { topic, partition, nextOffset: offset } = chunk
      let count = 0
      try {
        await producer.transaction(async () => {
          for (const { key, value } of chunk) {
            producer.send({ topic: 'copies', partition, key, value })
            count++
          }
          await producer.sendOffsetsToTransaction([{ topic, partition, offset }], consumer.groupMetadata())
        })
        this.copied += count
      } catch (error) {
        if (!(error instanceof TransactionError) || error.severity === 'fatal') throw error
        this.aborted++
        const [committed] = await consumer.committed([chunk])
        consumer.seek({ topic, partition, offset: Math.max(committed?.offset ?? 0, 0) })
      }
    }
    await producer.close()
  }

  async stop(): Promise<void> {
    this.#consumer.stop()
    const error = await within('the end of the copy', settleMs, this.#ended)
    await this.#consumer.close()
    if (error !== undefined) throw error
  }
}

function numbered(topic: string, number: number) {
  return { topic, partition: number % partitionCount, key: String(number), value: `record ${number}` }
}

type Numbers = readonly (readonly number[])[]

/** The numbers of each partition, in the order of its log, of what is committed. */
async function readAll(shared: Shared, topic: string): Promise<Numbers> {
  const settings = { ...shared, 'isolation.level': 'read_committed', 'auto.offset.reset': 'earliest' }
  const consumer = createConsumer({ world, settings })
  const partitions = await consumer.partitionsFor(topic)
  const found: number[][] = partitions.map(() => [])
  consumer.assign(partitions)
  const isAtEnd = async () => {
    const ends = await consumer.endOffsets(partitions)
    const positions = await Promise.all(partitions.map(each => consumer.position(each)))
    return ends.every(({ offset }, index) => positions[index]! >= offset)
  }
  do {
    const chunk = await consumer.poll({ timeoutMs: 2000 })
    for (const { partition, key } of chunk ?? []) found[partition]?.push(Number(Buffer.from(key ?? []).toString()))
  } while (!(await isAtEnd()))
  await consumer.close()
  return found
}

/** Each partition has its numbers, every one, once and in order. */
function judge(found: Numbers, count: number): void {
  for (const [partition, numbers] of found.entries()) {
    for (const [index, number] of numbers.entries()) {
      const due = index * partitionCount + partition
      if (number !== due) throw new Error(`partition ${partition} has ${number} where ${due} was due`)
    }
  }
  const total = found.reduce((sum, { length }) => sum + length, 0)
  if (total !== count) throw new Error(`${total} records where ${count} were acknowledged`)
}

async function leadersOf(admin: ReturnType<typeof createAdmin>): Promise<number[]> {
  const [topic] = await admin.describeTopics(['numbers'])
  return topic?.partitions.map(({ leaderId }) => leaderId) ?? []
}

async function isInSync(admin: ReturnType<typeof createAdmin>): Promise<boolean> {
  const topics = await admin.describeTopics(['numbers', 'copies'])
  return topics.every(({ partitions }) => partitions.every(({ isr }) => isr.length === 3))
}

await runChecks({ checks, processes, directory, keeps: options.keep, body: run })
// What a failed check left behind keeps the process alive.
process.exit()
