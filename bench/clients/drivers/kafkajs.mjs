import kafkajs from 'kafkajs'
import { compressFrame, decompressFrame } from 'lz4-napi'
import { Arrival, cost, inBatches, measure } from './measure.mjs'

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs
// It brings gzip alone: applications bring the others.
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: encoder => compressFrame(encoder.buffer),
  decompress: decompressFrame,
})
const types = { none: CompressionTypes.None, lz4: CompressionTypes.LZ4 }
const kafkaOf = bootstrap => new Kafka({ clientId: 'bench', brokers: [bootstrap], logLevel: logLevel.ERROR })

async function withProducer(bootstrap, work) {
  const producer = kafkaOf(bootstrap).producer()
  await producer.connect()
  const took = await work(producer)
  await producer.disconnect()
  return took
}

await measure({
  produce: (bootstrap, options) =>
    withProducer(bootstrap, async producer => {
      const { topic, codec } = options
      const send = messages => producer.send({ topic, acks: -1, compression: types[codec], messages })
      await send([{ value: options.values[0] }])
      return cost(() => inBatches({ ...options, records: options.records - 1 }, send))
    }),
  await: (bootstrap, { topic, records, values }) =>
    withProducer(bootstrap, async producer => {
      const send = index => producer.send({ topic, acks: -1, messages: [{ value: values[index % values.length] }] })
      await send(0)
      return cost(async () => {
        for (let sent = 0; sent < records; sent++) await send(sent)
      })
    }),
  async consume(bootstrap, { topic, records, group }) {
    const consumer = kafkaOf(bootstrap).consumer({ groupId: group })
    const arrival = new Arrival(records)
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
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
