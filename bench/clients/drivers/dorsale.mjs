import { createConsumer, createProducer } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import { Arrival, cost, measure } from './measure.mjs'

const world = nodeWorld()

await measure({
  async produce(bootstrap, { topic, records, codec, values }) {
    const settings = { 'bootstrap.servers': bootstrap, 'compression.type': codec, 'batch.size': 100_000 }
    const producer = createProducer({ world, settings })
    await producer.send({ topic, value: values[0] })
    function* all() {
      for (let sent = 1; sent < records; sent++) yield { topic, value: values[sent % values.length] }
    }
    const took = await cost(() => producer.sendAll(all()))
    await producer.close()
    return took
  },
  async await(bootstrap, { topic, records, values }) {
    const producer = createProducer({ world, settings: { 'bootstrap.servers': bootstrap } })
    await producer.send({ topic, value: values[0] })
    const took = await cost(async () => {
      for (let sent = 0; sent < records; sent++) await producer.send({ topic, value: values[sent % values.length] })
    })
    await producer.close()
    return took
  },
  async consume(bootstrap, { topic, records, group }) {
    const settings = { 'bootstrap.servers': bootstrap, 'group.id': group, 'auto.offset.reset': 'earliest' }
    const consumer = createConsumer({ world, settings })
    const arrival = new Arrival(records)
    consumer.subscribe([topic])
    const memoryMb = []
    let next = records / 10
    while (arrival.left > 0) {
      using chunk = await consumer.poll({ timeoutMs: 10_000 })
      if (chunk === undefined) throw new Error(`${arrival.left} records did not come`)
      for (const { value } of chunk) arrival.take(value)
      if (records - arrival.left < next) continue
      memoryMb.push(process.memoryUsage.rss() / 1e6)
      next += records / 10
    }
    const took = await arrival.done
    await consumer.close()
    return { ...took, memoryMb }
  },
})
