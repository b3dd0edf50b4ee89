import { Consumer, Producer } from '@platformatic/kafka'
import { Arrival, cost, inBatches, measure } from './measure.mjs'

const base = bootstrap => ({ clientId: 'bench', bootstrapBrokers: [bootstrap] })

async function withProducer(bootstrap, more, work) {
  const producer = new Producer({ ...base(bootstrap), ...more })
  const took = await work(producer)
  await producer.close()
  return took
}

await measure({
  produce: (bootstrap, options) =>
    withProducer(bootstrap, { compression: options.codec }, async producer => {
      const send = values => producer.send({ messages: values.map(({ value }) => ({ topic: options.topic, value })) })
      await send([{ value: options.values[0] }])
      return cost(() => inBatches({ ...options, records: options.records - 1 }, send))
    }),
  await: (bootstrap, { topic, records, values }) =>
    withProducer(bootstrap, {}, async producer => {
      const send = index => producer.send({ messages: [{ topic, value: values[index % values.length] }] })
      await send(0)
      return cost(async () => {
        for (let sent = 0; sent < records; sent++) await send(sent)
      })
    }),
  async consume(bootstrap, { topic, records, group }) {
    const consumer = new Consumer({ ...base(bootstrap), groupId: group })
    const arrival = new Arrival(records)
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest' })
    stream.on('data', ({ value }) => arrival.take(value))
    const took = await arrival.done
    await consumer.close(true)
    return took
  },
})
