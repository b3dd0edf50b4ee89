/** Our share consumers (KIP-932): what they acknowledge, and what becomes of what they do not. */
import {
  type AcknowledgementOutcome,
  createAdmin,
  createProducer,
  createShareConsumer,
  type RecordDeserializationError,
  type ShareConsumer,
  type ShareConsumerSettings,
  type ShareRecord,
} from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import { jsonSerde } from '@dorsale/serde'

interface ShareContext {
  readonly bootstrap: string
  /** SIGKILL, and a start. */
  restart(): Promise<void>
}

interface ShareCheck {
  readonly name: string
  run(context: ShareContext): Promise<string>
}

const world = nodeWorld()
const pollMs = 10_000
const deathAfterMs = 2000
/** Locks that died with the broker last half a minute. */
const wholeMs = 90_000

export const shareChecks: readonly ShareCheck[] = [
  { name: 'members share partitions, and each record is handled once', run: sharedOut },
  { name: 'accepted, released and rejected', run: threeFates },
  { name: 'renewed, and handed out again', run: renewal },
  { name: 'what is not acknowledged when a member closes goes to another', run: givenBack },
  { name: 'a record that cannot be read', run: unreadable },
  { name: 'the broker gets SIGKILL, and every record is handled', run: throughDeath },
]

/** A topic of its own, with these values, and a group that begins at its beginning. */
async function prepare({ bootstrap }: ShareContext, topic: string, values: readonly string[], numPartitions = 1) {
  const settings = { 'bootstrap.servers': bootstrap }
  const admin = createAdmin({ world, settings })
  await admin.createTopics([{ name: topic, numPartitions, replicationFactor: 1 }])
  const earliest = { name: 'share.auto.offset.reset', op: 'SET', value: 'earliest' } as const
  await admin.incrementalAlterConfigs([{ type: 'GROUP', name: topic, ops: [earliest] }])
  await admin.close()
  const producer = createProducer({ world, settings })
  await producer.sendAll(values.map(value => ({ topic, value })))
  await producer.close()
}

function open(context: ShareContext, topic: string, settings: ShareConsumerSettings = {}): ShareConsumer {
  const consumer = createShareConsumer({
    world,
    settings: { 'bootstrap.servers': context.bootstrap, 'group.id': topic, ...settings },
  })
  consumer.subscribe([topic])
  return consumer
}

/** The next `count` records, which one batch holds. */
async function poll(consumer: ShareConsumer, count: number): Promise<ShareRecord[]> {
  const records: ShareRecord[] = []
  while (records.length < count) {
    const chunk = await consumer.poll({ timeoutMs: pollMs })
    if (chunk === undefined) throw new Error(`${records.length} records came, not ${count}`)
    records.push(...chunk)
    if (records.length > count) throw new Error(`${records.length} records came, not ${count}`)
  }
  return records
}

const textOf = ({ value, deliveryCount }: ShareRecord) => `${Buffer.from(value ?? [])} #${deliveryCount}`

function equal(actual: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (one !== other) throw new Error(`${one}, not ${other}`)
}

async function sharedOut(context: ShareContext): Promise<string> {
  const count = 5000
  await prepare(
    context,
    'shared-out',
    Array.from({ length: count }, (_, index) => String(index)),
    2,
  )
  const seen = new Map<string, number>()
  const shares = [0, 0, 0]
  const members = shares.map(() => open(context, 'shared-out', { 'max.poll.records': 100 }))
  const loops = members.map(async (member, index) => {
    for await (const chunk of member.chunks()) {
      for (const { partition, offset } of chunk) {
        const place = `${partition}@${offset}`
        seen.set(place, (seen.get(place) ?? 0) + 1)
        shares[index] = (shares[index] ?? 0) + 1
      }
      // So that the others have their part.
      await new Promise(resolve => setTimeout(resolve, 20))
      if (seen.size === count) for (const each of members) each.stop()
    }
  })
  await Promise.all(loops)
  await Promise.all(members.map(member => member.close()))
  equal(
    [...seen.values()].filter(times => times > 1),
    [],
  )
  return `${shares.join(' + ')} records`
}

async function threeFates(context: ShareContext): Promise<string> {
  await prepare(context, 'three-fates', ['a', 'b', 'c', 'd'])
  const heard: AcknowledgementOutcome[] = []
  const consumer = createShareConsumer({
    world,
    settings: {
      'bootstrap.servers': context.bootstrap,
      'group.id': 'three-fates',
      'share.acknowledgement.mode': 'explicit',
    },
    onAcknowledged: outcomes => heard.push(...outcomes),
  })
  consumer.subscribe(['three-fates'])
  const [a, b, c, d] = (await poll(consumer, 4)) as [ShareRecord, ShareRecord, ShareRecord, ShareRecord]
  equal([a, b, c, d].map(textOf), ['a #1', 'b #1', 'c #1', 'd #1'])
  consumer.acknowledge(a)
  consumer.acknowledge(b, 'release')
  consumer.acknowledge(c, 'reject')
  const outcomes = await consumer.commit()
  equal(
    outcomes.map(({ offsets, error }) => [offsets, error?.message]),
    [[[0, 1, 2], undefined]],
  )
  equal(heard.length, 1)
  const refused = await consumer.poll({ timeoutMs: 100 }).catch((error: Error & { code?: string }) => error.code)
  equal(refused, 'DORSALE_UNACKNOWLEDGED')
  consumer.acknowledge({ topic: d.topic, partition: d.partition, offset: d.offset }, 'release')
  const again: string[] = []
  while (again.length < 2) {
    const chunk = await consumer.poll({ timeoutMs: pollMs })
    if (chunk === undefined) throw new Error(`${again.length} of what was released came again, not 2`)
    for (const each of chunk) {
      again.push(textOf(each))
      consumer.acknowledge(each)
    }
  }
  await consumer.commit()
  equal(again.sort(), ['b #2', 'd #2'])
  equal(
    heard.flatMap(({ error }) => error?.message ?? []),
    [],
  )
  equal(await consumer.poll({ timeoutMs: 1500 }), undefined)
  await consumer.close()
  return `locks last ${consumer.acquisitionLockTimeoutMs} ms`
}

async function renewal(context: ShareContext): Promise<string> {
  await prepare(context, 'renewal', ['a', 'b'])
  const consumer = open(context, 'renewal', { 'share.acknowledgement.mode': 'explicit' })
  const [a, b] = (await poll(consumer, 2)) as [ShareRecord, ShareRecord]
  consumer.acknowledge(a, 'renew')
  consumer.acknowledge(b)
  const [outcome] = await consumer.commit()
  equal(outcome?.error?.message, undefined)
  const [again] = await poll(consumer, 1)
  equal(again?.offset, a.offset)
  consumer.acknowledge(a)
  const [last] = await consumer.commit()
  equal([last?.offsets, last?.error?.message], [[0], undefined])
  equal(await consumer.poll({ timeoutMs: 1500 }), undefined)
  await consumer.close()
  return 'renewed once'
}

async function givenBack(context: ShareContext): Promise<string> {
  await prepare(context, 'given-back', ['a', 'b', 'c'])
  const first = open(context, 'given-back')
  for await (const record of first.records()) if (record.offset === 1) break
  await first.close()
  const second = open(context, 'given-back')
  const chunk = await second.poll({ timeoutMs: pollMs })
  equal([...(chunk ?? [])].map(textOf), ['b #2', 'c #2'])
  await second.commit()
  await second.close()
  const third = open(context, 'given-back')
  equal(await third.poll({ timeoutMs: 3000 }), undefined)
  await third.close()
  return 'b and c came again, a did not'
}

async function unreadable(context: ShareContext): Promise<string> {
  await prepare(context, 'unreadable', ['{"id":0}', 'no json', '{"id":2}'])
  const settings = {
    'bootstrap.servers': context.bootstrap,
    'group.id': 'unreadable',
    'share.acknowledgement.mode': 'explicit',
    'value.deserializer': jsonSerde<{ id: number }>(),
  } as const
  const consumer = createShareConsumer({ world, settings })
  consumer.subscribe(['unreadable'])
  const first = await consumer.poll({ timeoutMs: pollMs })
  equal(
    first?.records.map(({ value }) => value?.id),
    [0],
  )
  for (const each of first ?? []) consumer.acknowledge(each)
  const error = await consumer.poll({ timeoutMs: pollMs }).then(
    () => undefined,
    (thrown: RecordDeserializationError) => thrown,
  )
  equal([error?.code, error?.offset], ['DORSALE_DESERIALIZATION', 1])
  if (error !== undefined) consumer.acknowledge(error, 'reject')
  const last = await consumer.poll({ timeoutMs: pollMs })
  equal(
    last?.records.map(({ value }) => value?.id),
    [2],
  )
  for (const each of last ?? []) consumer.acknowledge(each)
  const outcomes = await consumer.commit()
  equal(
    outcomes.flatMap(({ error: refused }) => refused?.message ?? []),
    [],
  )
  equal(await consumer.poll({ timeoutMs: 1500 }), undefined)
  await consumer.close()
  return 'rejected by its place'
}

async function throughDeath(context: ShareContext): Promise<string> {
  const count = 6000
  await prepare(context, 'through-death', [], 3)
  const settings = { 'bootstrap.servers': context.bootstrap }
  const producer = createProducer({ world, settings })
  const seen = new Map<string, number>()
  const members = [0, 1].map(() => open(context, 'through-death', { 'max.poll.records': 100 }))
  const isWhole = Promise.withResolvers<void>()
  const loops = members.map(async member => {
    for await (const { value } of member.records()) {
      const text = Buffer.from(value ?? []).toString()
      seen.set(text, (seen.get(text) ?? 0) + 1)
      if (seen.size === count) isWhole.resolve()
    }
  })
  const send = async (from: number, to: number) => {
    for (let index = from; index < to; index++) await producer.send({ topic: 'through-death', value: String(index) })
  }
  const first = send(0, count / 2)
  await new Promise(resolve => setTimeout(resolve, deathAfterMs))
  await context.restart()
  await first
  await send(count / 2, count)
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`${seen.size} of ${count} records were handled`)), wholeMs).unref()
  })
  await Promise.race([isWhole.promise, late])
  for (const member of members) member.stop()
  await Promise.all(loops)
  await Promise.all(members.map(member => member.close()))
  await producer.close()
  return `${[...seen.values()].filter(times => times > 1).length} of ${count} more than once`
}
