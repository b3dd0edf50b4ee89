/**
 * A file's lines through a topic of six partitions and back.
 *
 *   npx dorsale start
 *   node examples/file-through-a-topic.ts <text file> [localhost:9092]
 *
 * Each line travels as a record whose key is its number; read back from all partitions, the numbers put the file together again.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createAdmin, createConsumer, createProducer } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'

const [path, servers = 'localhost:9092'] = process.argv.slice(2)
if (path === undefined) throw new Error('name a text file')
const world = nodeWorld()
const settings = { 'bootstrap.servers': servers }
const topic = `file-${Date.now()}`

const admin = createAdmin({ world, settings })
await admin.createTopics([{ name: topic, numPartitions: 6 }])
await admin.close()

const sent: string[] = []
async function* records() {
  for await (const line of createInterface({ input: createReadStream(path as string), crlfDelay: Infinity })) {
    yield { topic, key: String(sent.push(line) - 1), value: line }
  }
}
const producer = createProducer({ world, settings })
const count = await producer.sendAll(records())
await producer.close()
process.stdout.write(`${count} lines are in ${topic}\n`)

const consumer = createConsumer({ world, settings: { ...settings, 'auto.offset.reset': 'earliest' } })
consumer.assign(await consumer.partitionsFor(topic))
const received: string[] = []
let left = count
while (left > 0) {
  for (const { key, value } of (await consumer.poll({ timeoutMs: 10_000 })) ?? []) {
    received[Number(Buffer.from(key ?? []))] = Buffer.from(value ?? []).toString()
    left--
  }
}
await consumer.close()
const isSame = sent.length === received.length && sent.every((line, index) => line === received[index])
process.stdout.write(isSame ? 'they came back as they went\n' : 'they did not come back as they went\n')
process.exitCode = isSame ? 0 : 1
