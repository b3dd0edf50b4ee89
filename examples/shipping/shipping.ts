/** A small service as an application would write it: it ships what was paid. Its tests, for node:test and for vitest, give it a broker of their own. */
import { createConsumer, createProducer } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'

export interface Order {
  readonly state: 'placed' | 'paid'
  readonly address: string
}

/** Reads `orders` from its beginning and writes one record to `shipments` for each that is paid. */
export async function startShipping(bootstrapServers: string): Promise<AsyncDisposable> {
  const world = nodeWorld()
  const settings = { 'bootstrap.servers': bootstrapServers }
  const producer = createProducer({ world, settings })
  const consumer = createConsumer({ world, settings: { ...settings, 'auto.offset.reset': 'earliest' } })
  consumer.assign(await consumer.partitionsFor('orders'))

  const ship = async () => {
    for await (const record of consumer.records()) {
      const order: Order = JSON.parse(new TextDecoder().decode(record.value ?? undefined))
      if (order.state !== 'paid') continue
      producer.send({ topic: 'shipments', key: record.key, value: JSON.stringify({ to: order.address }) })
    }
  }
  const shipping = ship()
  return {
    async [Symbol.asyncDispose]() {
      await consumer.close()
      await shipping
      await producer.close()
    },
  }
}
