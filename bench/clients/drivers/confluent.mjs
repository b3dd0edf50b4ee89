import confluent from '@confluentinc/kafka-javascript'
import { Arrival, cost, inBatches, measure } from './measure.mjs'

const { Kafka, logLevel } = confluent.KafkaJS
const kafkaOf = bootstrap =>
  new Kafka({ kafkaJS: { clientId: 'bench', brokers: [bootstrap], logLevel: logLevel.NOTHING } })

async function withProducer(bootstrap, more, work) {
  const producer = kafkaOf(bootstrap).producer({ kafkaJS: { acks: -1 }, ...more })
  await producer.connect()
  const took = await work(producer)
  await producer.disconnect()
  return took
}

await measure({
  produce: (bootstrap, options) => {
    const settings = { 'compression.codec': options.codec, 'batch.size': 100_000 }
    return withProducer(bootstrap, settings, async producer => {
      const send = messages => producer.send({ topic: options.topic, messages })
      await send([{ value: options.values[0] }])
      return cost(() => inBatches({ ...options, records: options.records - 1 }, send))
    })
  },
  // Its default waits for more records, which never come here.
  await: (bootstrap, { topic, records, values }) =>
    withProducer(bootstrap, { 'linger.ms': 0 }, async producer => {
      const send = index => producer.send({ topic, messages: [{ value: values[index % values.length] }] })
      await send(0)
      return cost(async () => {
        for (let sent = 0; sent < records; sent++) await send(sent)
      })
    }),
  async consume(bootstrap, { topic, records, group }) {
    const consumer = kafkaOf(bootstrap).consumer({
      kafkaJS: { groupId: group, fromBeginning: true },
      // 32 records at a time by default.
      'js.consumer.max.batch.size': -1,
    })
    const arrival = new Arrival(records)
    await consumer.connect()
    await consumer.subscribe({ topic })
    consumer.run({
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) arrival.take(value)
      },
    })
    const took = await arrival.done
    await consumer.disconnect()
    return took
  },
})
