/**
 * Takes records from one topic, makes others of them, and puts those into a second topic: each once, whatever dies on the way.
 *
 *   npx dorsale start
 *   npx dorsale topic create orders --partitions 3 && npx dorsale topic create invoices --partitions 3
 *   node examples/exactly-once.ts orders invoices [localhost:9092]
 *
 * Start it as often as you like: the partitions are shared out. Kill it, at any moment: the records of its open transaction are aborted, and whoever takes over its partitions
 * makes them again. Read the second topic with `isolation.level=read_committed`.
 */
import { hostname } from 'node:os'
import { createConsumer, createProducer, TransactionError } from '@dorsale/client'
import { consoleLogger, nodeWorld } from '@dorsale/client/node'

const [from, to, servers = 'localhost:9092'] = process.argv.slice(2)
if (from === undefined || to === undefined) throw new Error('name two topics')
const world = nodeWorld({ logger: consoleLogger(console) })
const shared = { 'bootstrap.servers': servers, 'client.id': 'bookkeeper' }

const consumer = createConsumer({
  world,
  settings: {
    ...shared,
    'group.id': `${from}-to-${to}`,
    'auto.offset.reset': 'earliest',
    'isolation.level': 'read_committed',
    // The offsets are committed with the records that they led to, and by nobody else.
    'enable.auto.commit': false,
    // The partitions of a process that was killed are handed on after this.
    'session.timeout.ms': 6000,
  },
})
// One name for each process: a transaction of a dead one is ended by its timeout, or by the next process of that name.
const producer = createProducer({
  world,
  settings: {
    ...shared,
    'transactional.id': `${from}-to-${to}-${hostname()}-${process.pid}`,
    'transaction.timeout.ms': 10_000,
  },
})
process.once('SIGINT', () => consumer.stop())
process.once('SIGTERM', () => consumer.stop())

await producer.initTransactions()
consumer.subscribe([from])
let count = 0
for await (const chunk of consumer.chunks()) {
  try {
    await producer.transaction(async () => {
      for (const { key, value } of chunk) {
        producer.send({ topic: to, key, value: `invoice for ${Buffer.from(value ?? []).toString()}` })
        count++
      }
      const { topic, partition, nextOffset: offset } = chunk
      await producer.sendOffsetsToTransaction([{ topic, partition, offset }], consumer.groupMetadata())
    })
  } catch (error) {
    if (!(error instanceof TransactionError) || error.severity === 'fatal') throw error
    // The partition went to another member, or a broker died: what was not committed is read again, by whoever has it now.
    const isOurs = consumer.assignment.some(
      ({ topic, partition }) => topic === chunk.topic && partition === chunk.partition,
    )
    if (!isOurs) continue
    const [committed] = await consumer.committed([chunk])
    consumer.seek({ topic: chunk.topic, partition: chunk.partition, offset: Math.max(committed?.offset ?? 0, 0) })
  }
}
await consumer.close()
await producer.close()
process.stdout.write(`${count} records\n`)
