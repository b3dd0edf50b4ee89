import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  apiVersionsRequest,
  apiVersionsResponse,
  codecs,
  errorCodes,
  getTelemetrySubscriptionsRequest,
  getTelemetrySubscriptionsResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  type PartialMessage,
  pushTelemetryRequest,
  pushTelemetryResponse,
  zeroUuid,
} from '@dorsale/protocol'
import { BrokerWorld, type TestClient } from '../testing/broker-world.ts'
import type { TelemetryContext, TelemetryPayload } from './receiver.ts'

const clientMetricsType = 16

describe('client telemetry', () => {
  const received: { context: TelemetryContext; payload: TelemetryPayload; text: string }[] = []
  let refuses = false
  const world = new BrokerWorld(
    { 'telemetry.max.bytes': '1000' },
    {
      telemetryReceiver: {
        exportMetrics(context, payload) {
          if (refuses) throw new Error('not these')
          received.push({ context, payload, text: Buffer.from(payload.data).toString() })
        },
      },
    },
  )
  before(() => world.start())
  after(() => world.stop())

  async function subscribe(resourceName: string, settings: Record<string, string>): Promise<void> {
    const configs = Object.entries(settings).map(([name, value]) => ({ name, value, configOperation: 0 }))
    const { responses } = await world
      .client()
      .call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, {
        resources: [{ resourceType: clientMetricsType, resourceName, configs }],
      })
    assert.equal(responses[0]!.errorCode, 0, responses[0]!.errorMessage ?? '')
  }

  async function named(clientSoftwareName: string): Promise<TestClient> {
    const client = world.client()
    await client.call(apiVersionsRequest, apiVersionsResponse, 3, { clientSoftwareName, clientSoftwareVersion: '1.0' })
    return client
  }
  const ask = (client: TestClient, clientInstanceId = zeroUuid) =>
    client.call(getTelemetrySubscriptionsRequest, getTelemetrySubscriptionsResponse, 0, { clientInstanceId })
  const push = async (client: TestClient, message: PartialMessage<typeof pushTelemetryRequest>) =>
    (await client.call(pushTelemetryRequest, pushTelemetryResponse, 0, message)).errorCode

  test('a client is told what the subscriptions that match it want, and the shortest interval', async () => {
    await subscribe('some', {
      metrics: 'org.apache.kafka.producer.,a',
      'interval.ms': '5000',
      match: 'client_software_name=one',
    })
    await subscribe('more', { metrics: 'a,b', 'interval.ms': '7000', match: 'client_software_name=one|two' })
    const one = await ask(await named('one'))
    assert.deepEqual(
      { ...one, clientInstanceId: '', subscriptionId: 0 },
      {
        throttleTimeMs: 0,
        errorCode: 0,
        clientInstanceId: '',
        subscriptionId: 0,
        acceptedCompressionTypes: [4, 3, 1, 2],
        pushIntervalMs: 5000,
        telemetryMaxBytes: 1000,
        deltaTemporality: true,
        requestedMetrics: ['a', 'b', 'org.apache.kafka.producer.'],
      },
    )
    const two = await ask(await named('two'))
    assert.deepEqual([two.pushIntervalMs, two.requestedMetrics], [7000, ['a', 'b']])
    assert.notEqual(one.clientInstanceId, two.clientInstanceId)
    const three = await ask(await named('three'))
    assert.deepEqual([three.pushIntervalMs, three.requestedMetrics], [300_000, []])
    await subscribe('all', { metrics: '*', match: 'client_software_name=one' })
    assert.deepEqual((await ask(await named('one'))).requestedMetrics, ['*'])
  })

  test('what is pushed is opened and handed over, with who pushed it', async () => {
    const client = await named('two')
    const { clientInstanceId, subscriptionId } = await ask(client)
    received.length = 0
    const metrics = codecs.zstd.compress(Buffer.from('figures'))
    const compressionType = codecs.zstd.id
    assert.equal(await push(client, { clientInstanceId, subscriptionId, compressionType, metrics }), errorCodes.NONE)
    const [{ context, payload, text } = assert.fail('nothing came')] = received
    assert.equal(text, 'figures')
    assert.deepEqual(
      [payload.clientInstanceId, payload.isTerminating, payload.contentType],
      [clientInstanceId, false, 'OTLP'],
    )
    assert.deepEqual(
      [context.clientId, context.softwareName, context.softwareVersion, context.listenerName],
      ['test', 'two', '1.0', 'PLAINTEXT'],
    )
    // A second one is too soon, but for the last.
    const again = { clientInstanceId, subscriptionId, metrics: Buffer.from('x') }
    assert.equal(await push(client, again), errorCodes.THROTTLING_QUOTA_EXCEEDED)
    assert.equal((await ask(client, clientInstanceId)).errorCode, errorCodes.THROTTLING_QUOTA_EXCEEDED)
    assert.equal(await push(client, { ...again, terminating: true }), errorCodes.NONE)
    assert.equal(received.at(-1)?.payload.isTerminating, true)
    assert.equal(await push(client, { ...again, terminating: true }), errorCodes.INVALID_REQUEST)
  })

  test('each wrong push gets its own error, and after two of them a client may ask again at once', async () => {
    const damaged = codecs.gzip.compress(Buffer.alloc(100)).fill(0xff, 12)
    const bomb = codecs.zstd.compress(Buffer.alloc(1_000_000))
    for (const [message, expected, mayAsk] of [
      [{ subscriptionId: 1 }, errorCodes.UNKNOWN_SUBSCRIPTION_ID, true],
      [{ compressionType: 9 }, errorCodes.UNSUPPORTED_COMPRESSION_TYPE, true],
      [{ metrics: Buffer.alloc(1001) }, errorCodes.TELEMETRY_TOO_LARGE, false],
      [{ metrics: bomb, compressionType: codecs.zstd.id }, errorCodes.INVALID_RECORD, false],
      [{ metrics: damaged, compressionType: codecs.gzip.id }, errorCodes.INVALID_RECORD, false],
    ] as const) {
      const client = await named('two')
      const { clientInstanceId, subscriptionId } = await ask(client)
      assert.equal(await push(client, { clientInstanceId, subscriptionId, ...message }), expected)
      const { errorCode } = await ask(client, clientInstanceId)
      assert.equal(errorCode, mayAsk ? errorCodes.NONE : errorCodes.THROTTLING_QUOTA_EXCEEDED, String(expected))
    }
    assert.equal(await push(await named('two'), { clientInstanceId: zeroUuid }), errorCodes.INVALID_REQUEST)
  })

  test('what the receiver throws is INVALID_RECORD; a push of nothing does not reach it', async () => {
    refuses = true
    const client = await named('two')
    const { clientInstanceId, subscriptionId } = await ask(client)
    assert.equal(
      await push(client, { clientInstanceId, subscriptionId, metrics: Buffer.from('x') }),
      errorCodes.INVALID_RECORD,
    )
    const other = await named('two')
    const fresh = await ask(other)
    assert.equal(await push(other, { ...fresh, metrics: Buffer.alloc(0) }), errorCodes.NONE)
    refuses = false
  })

  test('when a subscription changes, clients are told a new one', async () => {
    const client = await named('two')
    const { clientInstanceId, subscriptionId } = await ask(client)
    await subscribe('more', { 'interval.ms': '8000' })
    const metrics = Buffer.from('x')
    assert.equal(await push(client, { clientInstanceId, subscriptionId, metrics }), errorCodes.UNKNOWN_SUBSCRIPTION_ID)
    assert.equal((await ask(client, clientInstanceId)).pushIntervalMs, 8000)
  })
})

test('a broker without a receiver does not take the metrics of clients', async () => {
  const world = new BrokerWorld()
  await world.start()
  const { apiKeys } = await world.client().call(apiVersionsRequest, apiVersionsResponse, 2, {})
  assert.deepEqual(
    apiKeys.filter(({ apiKey }) => apiKey === 71 || apiKey === 72),
    [],
  )
  await world.stop()
})
