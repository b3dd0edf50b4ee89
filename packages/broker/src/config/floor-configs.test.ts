import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadBrokerConfig } from './broker-config.ts'
import { logManagerConfigOf } from './floor-configs.ts'

test('the cleaner and the expiry of producers follow the settings while the broker runs', () => {
  const loaded = loadBrokerConfig({ dataDirectory: '/nowhere' })
  assert.ok('config' in loaded)
  let { values } = loaded.config
  const config = logManagerConfigOf(() => values, { openFilesMax: 10 })
  const { cleaner } = config
  assert.equal(cleaner.ioBytesPerSecondMax, Number.MAX_VALUE)
  assert.equal(cleaner.dedupeBufferBytes, 134_217_728)
  values = {
    ...values,
    'log.cleaner.io.max.bytes.per.second': 1000,
    'log.cleaner.dedupe.buffer.size': 2_097_152n,
    'log.cleaner.io.buffer.size': 4096,
    'log.cleaner.io.buffer.load.factor': 0.5,
    'log.cleaner.backoff.ms': 7n,
    'producer.id.expiration.ms': 9,
  }
  assert.deepEqual(
    [cleaner.ioBytesPerSecondMax, cleaner.dedupeBufferBytes, cleaner.ioBufferBytes, cleaner.dedupeBufferLoadFactor],
    [1000, 2_097_152, 4096, 0.5],
  )
  assert.deepEqual([cleaner.backoffMs, config.producerIdExpirationMs], [7, 9])
})
