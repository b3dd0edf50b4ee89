import { createProducer } from '@dorsale/client'
import { consoleLogger, nodeWorld } from '@dorsale/client/node'

const servers = process.argv[2] ?? 'localhost:9092'
// A broker that cannot be reached, a record that is lost: the console hears of it.
const world = nodeWorld({ logger: consoleLogger(console) })
const producer = createProducer({ world, settings: { 'bootstrap.servers': servers, 'client.id': 'counter' } })

// Awaited: the cluster has it, and says where.
const { partition, offset } = await producer.send({ topic: 'orders', key: 'ada', value: 'espresso' })
console.log(`order at partition ${partition}, offset ${offset}`)

// Many: as fast as the cluster takes them, and no faster.
function* orders() {
  for (let number = 1; number < 1000; number++) yield { topic: 'orders', key: `guest-${number % 50}`, value: 'tea' }
}
console.log(`${await producer.sendAll(orders())} more orders`)
await producer.close()
