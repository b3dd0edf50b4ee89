import { createConsumer } from '@dorsale/client'
import { consoleLogger, nodeWorld } from '@dorsale/client/node'

const servers = process.argv[2] ?? 'localhost:9092'
const consumer = createConsumer({
  world: nodeWorld({ logger: consoleLogger(console) }),
  settings: {
    'bootstrap.servers': servers,
    'client.id': 'cook',
    'group.id': 'kitchen',
    'auto.offset.reset': 'earliest',
  },
})
// A signal ends the loop; what was handled is committed, and no more.
process.once('SIGINT', () => consumer.stop())
process.once('SIGTERM', () => consumer.stop())

consumer.subscribe(['orders'])
let count = 0
for await (const { key, value } of consumer.records()) {
  console.log(`${++count}: ${Buffer.from(value ?? []).toString()} for ${Buffer.from(key ?? []).toString()}`)
}
await consumer.close()
