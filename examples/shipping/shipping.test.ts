import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestBroker } from 'dorsale/testkit'
import { startShipping } from './shipping.ts'

test('a paid order is shipped, one that is only placed is not', async () => {
  await using broker = await startTestBroker({ topics: ['orders', 'shipments'] })
  await using _service = await startShipping(broker.bootstrapServers)

  await broker.produce('orders', [
    { key: '1', value: JSON.stringify({ state: 'placed', address: 'Lausanne' }) },
    { key: '2', value: JSON.stringify({ state: 'paid', address: 'Zermatt' }) },
  ])

  const [shipment] = await broker.records('shipments', { count: 1 })
  assert.equal(shipment?.key, '2')
  assert.deepEqual(shipment.json(), { to: 'Zermatt' })
})

test('the service goes on after its broker was killed', async () => {
  await using broker = await startTestBroker({ topics: ['orders', 'shipments'] })
  await using _service = await startShipping(broker.bootstrapServers)
  const paid = (key: string) => ({ key, value: JSON.stringify({ state: 'paid', address: 'Zermatt' }) })

  await broker.produce('orders', [paid('1')])
  await broker.records('shipments', { count: 1 })
  await broker.kill()
  await broker.start()
  await broker.produce('orders', [paid('2')])

  const shipments = await broker.records('shipments', { count: 2 })
  assert.deepEqual(
    shipments.map(({ key }) => key),
    ['1', '2'],
  )
})
