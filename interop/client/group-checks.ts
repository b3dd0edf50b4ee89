/** Our consumers in groups: by themselves, through the death of the broker, and beside members of Java and of librdkafka. */
import { join } from 'node:path'
import {
  type Consumer,
  type ConsumerSettings,
  createAdmin,
  createConsumer,
  createProducer,
  SubscriptionPattern,
  type Topics,
} from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import type { KafkaTools } from '../clients.ts'
import { type Processes, until } from '../processes.ts'

export interface GroupContext {
  readonly bootstrap: string
  readonly processes: Processes
  readonly tools: KafkaTools
  readonly directory: string
  /** SIGKILL, and a start. */
  restart(): Promise<void>
}

export interface GroupCheck {
  readonly name: string
  run(context: GroupContext): Promise<string>
}

const partitionCount = 6
const recordCount = 6000
const settleMs = 60_000

const protocols: Readonly<Record<string, ConsumerSettings>> = {
  range: { 'partition.assignment.strategy': 'range' },
  'cooperative-sticky': { 'partition.assignment.strategy': 'cooperative-sticky' },
  'KIP-848': { 'group.protocol': 'consumer' },
}

export const groupChecks: readonly GroupCheck[] = [
  ...Object.entries(protocols).map(([name, settings]) => ({
    name: `${name}, members come and go while the broker gets SIGKILL`,
    run: (context: GroupContext) => throughDeath(context, name, settings),
  })),
  { name: 'range beside kafka-console-consumer and kcat', run: besideForeignMembers },
  { name: 'KIP-848 beside kafka-console-consumer, by a pattern of the broker', run: besideModernMember },
]

/** One of our members, which reads until it is stopped. */
class Member {
  readonly consumer: Consumer
  readonly #seen: Map<string, number>
  readonly #ended: Promise<unknown>

  constructor(
    bootstrap: string,
    options: { group: string; topics: Topics; seen: Map<string, number>; settings: ConsumerSettings },
  ) {
    const { group, topics, seen, settings } = options
    this.#seen = seen
    this.consumer = createConsumer({
      world: nodeWorld(),
      settings: { 'bootstrap.servers': bootstrap, 'group.id': group, 'auto.offset.reset': 'earliest', ...settings },
    })
    this.consumer.subscribe(topics)
    this.#ended = this.#read().catch(error => error)
  }

  async #read(): Promise<void> {
    for await (const { partition, offset } of this.consumer.records()) {
      const name = `${partition}@${offset}`
      this.#seen.set(name, (this.#seen.get(name) ?? 0) + 1)
    }
  }

  get count(): number {
    return this.consumer.assignment.length
  }

  async stop(): Promise<void> {
    this.consumer.stop()
    const error = await this.#ended
    await this.consumer.close()
    if (error instanceof Error) throw error
  }
}

async function throughDeath(
  { bootstrap, restart }: GroupContext,
  name: string,
  settings: ConsumerSettings,
): Promise<string> {
  const topic = `group-${name}`
  await makeTopic(bootstrap, topic)
  const seen = new Map<string, number>()
  const join = () => new Member(bootstrap, { group: topic, topics: [topic], seen, settings })
  const producer = createProducer({ world: nodeWorld(), settings: { 'bootstrap.servers': bootstrap } })
  let sent = 0
  function* records(count: number) {
    for (; count > 0; count--) yield { topic, key: String(sent), value: String(sent++) }
  }
  const one = join()
  const two = join()
  await producer.sendAll(records(recordCount / 3))
  await settle('two members', () => one.count === 3 && two.count === 3)
  await restart()
  await producer.sendAll(records(recordCount / 3))
  await settle('what came after the death', () => seen.size === (recordCount / 3) * 2)
  const three = join()
  await settle('three members', () => [one, two, three].every(({ count }) => count === 2))
  await one.stop()
  await settle('two again', () => two.count === 3 && three.count === 3)
  await producer.sendAll(records(recordCount / 3))
  await settle('every record', () => seen.size === recordCount)
  await producer.close()
  await two.stop()
  await three.stop()
  await allCommitted(bootstrap, topic)
  const twice = [...seen.values()].filter(times => times > 1).length
  return `${recordCount} records, ${twice} of them twice around the death`
}

async function besideForeignMembers({ bootstrap, processes, tools, directory }: GroupContext): Promise<string> {
  const topic = 'mixed'
  await makeTopic(bootstrap, topic)
  const settings = protocols.range!
  const ours = new Member(bootstrap, { group: topic, topics: [topic], seen: new Map(), settings })
  await settle('alone', () => ours.count === partitionCount)
  const java = tools.startMember({ topic, group: topic, logFile: join(directory, 'java-member.log') })
  await settle('beside Java', () => ours.count === partitionCount / 2)
  const kcat = processes.start(
    'kcat',
    ['-b', bootstrap, '-X', 'partition.assignment.strategy=range', '-G', topic, topic],
    {
      logFile: join(directory, 'kcat-member.log'),
    },
  )
  await settle('beside Java and librdkafka', () => ours.count === partitionCount / 3)
  kcat.child.kill('SIGTERM')
  await settle('without librdkafka', () => ours.count === partitionCount / 2)
  java.child.kill('SIGTERM')
  await settle('alone again', () => ours.count === partitionCount)
  await ours.stop()
  return 'three implementations, one group'
}

async function besideModernMember({ bootstrap, tools, directory }: GroupContext): Promise<string> {
  const topic = 'mixed-modern'
  await makeTopic(bootstrap, topic)
  const topics = new SubscriptionPattern('mixed-mod.*')
  const settings = protocols['KIP-848']!
  const ours = new Member(bootstrap, { group: topic, topics, seen: new Map(), settings })
  await settle('alone', () => ours.count === partitionCount)
  const properties = { 'group.protocol': 'consumer' }
  const java = tools.startMember({ topic, group: topic, properties, logFile: join(directory, 'java-modern.log') })
  await settle('beside Java', () => ours.count === partitionCount / 2)
  java.child.kill('SIGTERM')
  await settle('alone again', () => ours.count === partitionCount)
  await ours.stop()
  return 'two implementations, one group'
}

async function makeTopic(bootstrap: string, name: string): Promise<void> {
  const admin = createAdmin({ world: nodeWorld(), settings: { 'bootstrap.servers': bootstrap } })
  await admin.createTopics([{ name, numPartitions: partitionCount, replicationFactor: 1 }])
  await admin.close()
}

async function allCommitted(bootstrap: string, topic: string): Promise<void> {
  const settings = { 'bootstrap.servers': bootstrap, 'group.id': topic }
  const consumer = createConsumer({ world: nodeWorld(), settings })
  const committed = await consumer.committed(await consumer.partitionsFor(topic))
  await consumer.close()
  const sum = committed.reduce((total, { offset }) => total + offset, 0)
  if (sum !== recordCount) throw new Error(`${sum} records are committed where ${recordCount} were handled`)
}

function settle(what: string, isSo: () => boolean): Promise<unknown> {
  return until(what, settleMs, isSo)
}
