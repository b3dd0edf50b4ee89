import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { Kafka, type LogEntry, logLevel } from './index.ts'
import { quiet, withKafka } from './testing/with-kafka.ts'

test('who is not there is given up after as many tries as retry allows', async () => {
  const kafka = new Kafka({
    brokers: ['127.0.0.1:1'],
    logLevel: logLevel.NOTHING,
    retry: { retries: 1, initialRetryTime: 5, maxRetryTime: 10 },
  })
  for (const client of [kafka.producer(), kafka.admin(), kafka.consumer({ groupId: 'g' })]) {
    await assert.rejects(client.connect(), (error: Error & { retryCount?: number }) => {
      assert.deepEqual([error.name, error.retryCount], ['KafkaJSNumberOfRetriesExceeded', 1])
      assert.deepEqual(
        [(error.cause as Error).name, (error.cause as { code?: string }).code],
        ['KafkaJSConnectionError', 'ECONNREFUSED'],
      )
      return true
    })
  }
})

test('a client that is disconnected while it connects is not connected, and can be connected again', () =>
  withKafka(async kafka => {
    for (const client of [kafka.producer(), kafka.admin(), kafka.consumer({ groupId: 'g' })]) {
      const connecting = client.connect()
      const [outcome] = await Promise.all([connecting.catch(error => error), client.disconnect()])
      assert.match(String(outcome), /disconnected before it was connected/)
      await client.connect()
      await client.disconnect()
    }
  }))

test('brokers may come from a function, which is asked at each connect', () =>
  withKafka(async (_kafka, broker) => {
    let asked = 0
    const brokers = async () => {
      asked++
      return [broker.bootstrapServers]
    }
    const admin = new Kafka({ ...quiet(broker), brokers }).admin()
    await admin.connect()
    await admin.disconnect()
    await admin.connect()
    assert.equal(asked, 2)
    await admin.disconnect()
    const failing = new Kafka({
      ...quiet(broker),
      retry: { retries: 0 },
      brokers: () => Promise.reject(new Error('no such service')),
    })
    await assert.rejects(failing.admin().connect(), /"config.brokers" function threw: no such service/)
    const empty = new Kafka({ ...quiet(broker), brokers: [] })
    await assert.rejects(empty.admin().connect(), /"brokers" array is empty/)
  }))

test('a socket factory of the application opens the connections', () =>
  withKafka(async (_kafka, broker) => {
    const opened: unknown[] = []
    const kafka = new Kafka({
      ...quiet(broker),
      socketFactory: ({ host, port, ssl, onConnect }) => {
        opened.push({ host, port, ssl })
        return connect({ host, port }, onConnect)
      },
    })
    const admin = kafka.admin()
    await admin.connect()
    assert.deepEqual(await admin.listTopics(), [])
    await admin.disconnect()
    const [host, port] = broker.bootstrapServers.split(':')
    assert.deepEqual(opened[0], { host, port: Number(port), ssl: undefined })
  }))

test('the log goes to the sink of the application, in its levels and namespaces', () => {
  const entries: LogEntry[] = []
  const kafka = new Kafka({ brokers: ['a:1'], logLevel: logLevel.WARN, logCreator: () => entry => entries.push(entry) })
  const logger = kafka.logger().namespace('Mine')
  logger.info('not heard')
  logger.warn('heard', { orders: 2 })
  kafka.logger().setLogLevel(logLevel.DEBUG)
  logger.debug('heard too')
  assert.deepEqual(
    entries.map(({ namespace, level, label, log }) => [namespace, level, label, log.message, log.orders]),
    [
      ['Mine', logLevel.WARN, 'WARN', 'heard', 2],
      ['Mine', logLevel.DEBUG, 'DEBUG', 'heard too', undefined],
    ],
  )
  assert.match(entries[0]!.log.timestamp, /^\d{4}-\d\d-\d\dT/)
})
