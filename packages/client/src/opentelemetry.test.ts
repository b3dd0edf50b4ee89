import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sleep } from '@dorsale/base'
import { errorCodes } from '@dorsale/protocol'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ConsumerRecord } from './consumer/record-chunk.ts'
import { kafkaTracing } from './opentelemetry.ts'
import { createProducer } from './producer/kafka-producer.ts'
import { withCluster } from './testing/fake-cluster.ts'
import { open } from './testing/group-reader.ts'
import type { ClientWorld } from './world.ts'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })

before(() => {
  trace.setGlobalTracerProvider(provider)
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})
after(() => {
  trace.disable()
  propagation.disable()
  context.disable()
})
beforeEach(() => exporter.reset())

const spans = (name: string) => exporter.getFinishedSpans().filter(span => span.name === name)

function traced(bootstrap: string, world: ClientWorld, options = {}) {
  const tracing = kafkaTracing({ clientId: 'c', groupId: 'g', ...options })
  return {
    tracing,
    producer: createProducer({ world, settings: { 'bootstrap.servers': bootstrap }, interceptors: [tracing.producer] }),
  }
}

test('a trace goes on from who sent a record to who processes it, and to what that sends', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    const { tracing, producer } = traced(cluster.bootstrap, world)
    const tracer = provider.getTracer('test')
    await tracer.startActiveSpan('request', async span => {
      await producer.send({ topic: 't', key: 'k', value: 'v', headers: [{ key: 'traceparent', value: 'of another' }] })
      span.end()
    })
    const consumer = open(cluster, world)
    consumer.subscribe(['t'])
    let record: ConsumerRecord | undefined
    for await (const each of consumer.records()) {
      record = each
      break
    }
    await consumer.close()
    const answer = await tracing.process(record!, async () => {
      await producer.send({ topic: 't', value: null })
      return 'handled'
    })
    assert.equal(answer, 'handled')
    await producer.close()

    const [request] = spans('request')
    const [sent, passedOn] = spans('send t')
    const [processed] = spans('process t')
    assert.deepEqual(
      record!.headers.map(({ key, value }) => [key, Buffer.from(value!).toString()]),
      [['traceparent', `00-${sent!.spanContext().traceId}-${sent!.spanContext().spanId}-01`]],
    )
    assert.equal(sent!.parentSpanContext?.spanId, request!.spanContext().spanId)
    assert.equal(processed!.parentSpanContext?.spanId, sent!.spanContext().spanId)
    assert.equal(passedOn!.parentSpanContext?.spanId, processed!.spanContext().spanId)
    assert.deepEqual([sent!.kind, processed!.kind], [SpanKind.PRODUCER, SpanKind.CONSUMER])
    assert.deepEqual(sent!.attributes, {
      'messaging.system': 'kafka',
      'messaging.destination.name': 't',
      'messaging.client.id': 'c',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.kafka.message.key': 'k',
      'messaging.destination.partition.id': '0',
      'messaging.kafka.offset': 0,
    })
    assert.deepEqual(processed!.attributes, {
      'messaging.system': 'kafka',
      'messaging.destination.name': 't',
      'messaging.client.id': 'c',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.consumer.group.name': 'g',
      'messaging.destination.partition.id': '0',
      'messaging.kafka.message.key': 'k',
      'messaging.kafka.offset': 0,
    })
    assert.equal(passedOn!.attributes['messaging.kafka.message.tombstone'], true)
  }))

test('a record that is lost leaves a span with the error', () =>
  withCluster({}, async (cluster, world) => {
    cluster.createTopic('t', 1)
    cluster.script = ({ name }) => (name === 'Produce' ? { errorCode: errorCodes.INVALID_RECORD } : undefined)
    const { producer } = traced(cluster.bootstrap, world)
    await assert.rejects(Promise.resolve(producer.send({ topic: 't', value: 'v' })))
    await sleep(world.clock, 1)
    const [span] = spans('send t')
    assert.equal(span!.status.code, SpanStatusCode.ERROR)
    assert.equal(typeof span!.attributes['error.type'], 'string')
    assert.equal(span!.events[0]!.name, 'exception')
    await producer.close()
  }))

test('what a handler throws is in its span and goes on, at once or later', async () => {
  const tracing = kafkaTracing()
  const record = { topic: 't', partition: 0, offset: 5, key: Buffer.from([0xff]), value: Buffer.from('v'), headers: [] }
  const boom = new TypeError('boom')
  const throwing = () => {
    throw boom
  }
  assert.throws(() => tracing.process(record as unknown as ConsumerRecord, throwing), boom)
  await assert.rejects(
    tracing.process(record as unknown as ConsumerRecord, async () => throwing()),
    boom,
  )
  const failed = spans('process t')
  assert.equal(failed.length, 2)
  for (const span of failed) {
    assert.equal(span.attributes['error.type'], 'TypeError')
    assert.equal(span.attributes['messaging.kafka.message.key'], undefined, 'bytes that are no text')
    assert.equal(span.parentSpanContext, undefined)
  }
})

test('records that are handled together make one span, linked to the trace of each', () => {
  const tracing = kafkaTracing()
  const parents = ['0af7651916cd43dd8448eb211c80319c', '1bf7651916cd43dd8448eb211c80319c']
  const records = [...parents, undefined].map(traceId => ({
    topic: 't',
    headers:
      traceId === undefined ? [] : [{ key: 'traceparent', value: Buffer.from(`00-${traceId}-b7ad6b7169203331-01`) }],
  }))
  assert.equal(
    tracing.processBatch(records as unknown as ConsumerRecord[], () => trace.getActiveSpan()?.isRecording()),
    true,
  )
  const [span] = spans('process t')
  assert.deepEqual(
    span!.links.map(link => link.context.traceId),
    parents,
  )
  assert.equal(span!.attributes['messaging.batch.message_count'], 3)
})
