/**
 * An application that was written for kafkajs and knows nothing else. Prints what it sees, without what differs from run to run (ids, times), so that two libraries on
 * two brokers can be compared line by line.
 *
 *   node application.ts <kafkajs | @dorsale/kafkajs> <host:port>
 */
import { randomUUID } from 'node:crypto'
import type * as kafkajs from 'kafkajs'

const [library = 'kafkajs', broker = ''] = process.argv.slice(2)
const loaded = await import(library)
const { Kafka, CompressionTypes, ConfigResourceTypes, logLevel }: typeof kafkajs = loaded.default?.Kafka
  ? loaded.default
  : loaded

/** Of this run alone, and left out of what is printed. */
const mark = randomUUID().slice(0, 8)
const orders = `orders-${mark}`
const payments = `payments-${mark}`
const groupId = `clerks-${mark}`

function print(what: string, value?: unknown): void {
  const text = value === undefined ? '' : ` ${JSON.stringify(value, plainBytes)}`
  process.stdout.write(`${what}${text}\n`.replaceAll(mark, 'X'))
}

function plainBytes(_key: string, value: unknown): unknown {
  const bytes = value as { type?: string; data?: number[] } | null
  return bytes?.type === 'Buffer' ? `bytes:${Buffer.from(bytes.data ?? []).toString()}` : value
}

/** What a call rejects with. */
async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return { resolved: await call }
  } catch (error) {
    const { name, type, code, retriable, errors, groups } = error as Record<string, never>
    const parts = (errors ?? groups ?? []) as { type?: string; topic?: string; error?: { type: string } }[]
    return { name, type, code, retriable, parts: parts.map(each => [each.type ?? each.error?.type, each.topic]) }
  }
}

const kafka = new Kafka({ clientId: 'application', brokers: [broker], logLevel: logLevel.NOTHING })

const admin = kafka.admin()
await admin.connect()
print('create', await admin.createTopics({ topics: [{ topic: orders, numPartitions: 3 }, { topic: payments }] }))
print('create again', await admin.createTopics({ topics: [{ topic: orders, numPartitions: 3 }] }))
print('create wrongly', await failureOf(admin.createTopics({ topics: [{ topic: 'no such/name' }] })))
print('unknown topic', await failureOf(admin.fetchTopicMetadata({ topics: [`nowhere-${mark}`] })))
const { topics: described } = await admin.fetchTopicMetadata({ topics: [orders] })
print('partitions', described[0]?.partitions.map(({ partitionId, leader }) => [partitionId, leader]).sort())

const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
const types: string[] = []
producer.on(producer.events.CONNECT, ({ type }) => types.push(type))
producer.on(producer.events.DISCONNECT, ({ type }) => types.push(type))
await producer.connect()
for (const [index, compression] of [CompressionTypes.None, CompressionTypes.GZIP].entries()) {
  const messages = ['a', 'b', 'c', 'd'].map(key => ({
    key,
    value: `${key}${index}`,
    timestamp: String(1_700_000_000_000 + index),
    headers: { trace: `t${index}`, list: ['x', Buffer.from('y')] },
  }))
  const places = await producer.send({ topic: orders, messages, compression })
  print(
    'sent',
    places
      .map(({ topicName, partition, errorCode, baseOffset, logAppendTime }) => ({
        topicName,
        partition,
        errorCode,
        baseOffset,
        logAppendTime,
      }))
      .sort((one, other) => one.partition - other.partition),
  )
}
print(
  'acks of an idempotent producer',
  await failureOf(producer.send({ topic: orders, acks: 1, messages: [{ value: 'x' }] })),
)
await producer.disconnect()
print('events', types)

const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 })
await consumer.connect()
await consumer.subscribe({ topics: [orders], fromBeginning: true })
const seen: unknown[] = []
const all = Promise.withResolvers<void>()
const joined = Promise.withResolvers<unknown>()
consumer.on(consumer.events.GROUP_JOIN, ({ payload: { isLeader, groupProtocol, memberAssignment } }) =>
  joined.resolve({ isLeader, groupProtocol, memberAssignment }),
)
await consumer.run({
  eachMessage: async ({ topic, partition, message: { key, value, offset, timestamp, headers } }) => {
    seen.push({ topic, partition, key, value, offset, timestamp, headers })
    if (seen.length === 8) all.resolve()
  },
})
print('joined', await joined.promise)
await all.promise
for (const line of seen.map(each => JSON.stringify(each, plainBytes)).sort()) print('message', line)
print(
  'offsets while running',
  await failureOf(admin.setOffsets({ groupId, topic: orders, partitions: [{ partition: 0, offset: '0' }] })),
)
print('delete while running', await failureOf(admin.deleteGroups([groupId])))
const { members, ...group } = await consumer.describeGroup()
print('group', {
  ...group,
  members: members.map(({ clientId, memberAssignment }) => ({ clientId, size: memberAssignment.length })),
})
await consumer.disconnect()
const offsets = await admin.fetchOffsets({ groupId, topics: [orders] })
print(
  'committed',
  offsets.map(each => ({ ...each, partitions: each.partitions.sort((a, b) => a.partition - b.partition) })),
)

const till = kafka.producer({ transactionalId: `till-${mark}`, idempotent: true, maxInFlightRequests: 1 })
await till.connect()
for (const end of ['abort', 'commit'] as const) {
  const transaction = await till.transaction()
  await transaction.send({ topic: payments, messages: [{ value: end }] })
  await transaction.sendOffsets({
    consumerGroupId: groupId,
    topics: [{ topic: orders, partitions: [{ partition: 0, offset: '1' }] }],
  })
  print('active', transaction.isActive())
  await transaction[end]()
  print('active', transaction.isActive())
  print('ended', await failureOf(transaction.send({ topic: payments, messages: [{ value: 'late' }] })))
}
await till.disconnect()

const reader = kafka.consumer({ groupId: `${groupId}-2`, maxWaitTimeInMs: 100 })
await reader.connect()
await reader.subscribe({ topic: new RegExp(`^payments-${mark}$`), fromBeginning: true })
const read = Promise.withResolvers<unknown>()
reader.run({
  eachBatchAutoResolve: false,
  eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary, uncommittedOffsets }) => {
    if (batch.isEmpty()) return
    for (const { offset } of batch.messages) resolveOffset(offset)
    const values = batch.messages.map(({ value }) => String(value))
    const open = uncommittedOffsets()
    await commitOffsetsIfNecessary()
    read.resolve({ values, last: batch.lastOffset(), high: batch.highWatermark, open })
  },
})
print('committed alone', await read.promise)
await reader.stop()
await reader.disconnect()

print(
  'topic offsets',
  (await admin.fetchTopicOffsets(orders)).sort((a, b) => a.partition - b.partition),
)
await admin.resetOffsets({ groupId, topic: payments, earliest: true })
print('resolved', await admin.fetchOffsets({ groupId, topics: [payments], resolveOffsets: true }))
const configs = await admin.describeConfigs({
  includeSynonyms: false,
  resources: [{ type: ConfigResourceTypes.TOPIC, name: orders, configNames: ['retention.ms', 'cleanup.policy'] }],
})
print(
  'configs',
  configs.resources[0]?.configEntries
    .map(({ configName, configValue, isDefault }) => [configName, configValue, isDefault])
    .sort(),
)
print('deleted groups', await admin.deleteGroups([groupId]))
await admin.deleteTopics({ topics: [orders, payments] })
print(
  'topics left',
  (await admin.listTopics()).filter(name => name.includes(mark)),
)
await admin.disconnect()
