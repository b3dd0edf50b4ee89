import { startTestBroker, type TestBroker } from 'dorsale/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startShipping } from '../shipping/shipping.ts'

// One broker for the file: it is there some milliseconds later, and each test has topics of its own or, as here, looks at what is new.
let broker: TestBroker
beforeAll(async () => {
  broker = await startTestBroker({ topics: ['orders', 'shipments'] })
})
afterAll(() => broker.stop())

test('a paid order is shipped', async () => {
  await using _service = await startShipping(broker.bootstrapServers)

  await broker.produce('orders', [{ key: '2', value: JSON.stringify({ state: 'paid', address: 'Zermatt' }) }])

  const [shipment] = await broker.records('shipments', { count: 1 })
  expect(shipment).toMatchObject({ key: '2', value: '{"to":"Zermatt"}' })
})
