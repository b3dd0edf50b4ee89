/**
 * Traces through Kafka for OpenTelemetry: the context of a span travels in the headers of records (W3C `traceparent`, or whatever propagator is set), and spans follow OpenTelemetry's semantic conventions for
 * messaging. A door of its own, since it needs `@opentelemetry/api`, which only those install who come in here; whoever does not pays nothing.
 *
 * ```ts
 * import { kafkaTracing } from '@dorsale/client/opentelemetry'
 *
 * const tracing = kafkaTracing()
 * const producer = createProducer({ world, settings, interceptors: [tracing.producer] })
 *
 * for await (const record of consumer.records()) {
 *   await tracing.process(record, () => handle(record))      // spans and records of `handle` belong to the trace of who sent the record
 * }
 * ```
 */
import {
  type Attributes,
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapSetter,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { type ConsumerRecord, lastHeader } from './consumer/record-chunk.ts'
import { clientSoftware } from './network/api-versions.ts'
import type { ProducerInterceptor } from './producer/interceptor.ts'
import type { ProducerRecord, RecordMetadata } from './producer/record.ts'

export interface KafkaTracingOptions {
  /** Default: the one that the application has registered. */
  readonly tracerProvider?: TracerProvider
  /** `messaging.client.id` of the spans: the `client.id` of the client. */
  readonly clientId?: string
  /** `messaging.consumer.group.name` of what is processed. */
  readonly groupId?: string
}

export interface KafkaTracing {
  /**
   * Begins a span for each record that is sent, which ends when its fate is known, and writes its context into the record's headers. Give it to `createProducer` as an interceptor;
   * behind others that change headers.
   */
  // biome-ignore lint/suspicious/noExplicitAny: keys and values are passed on as they are, whatever their types.
  readonly producer: ProducerInterceptor<any, any>
  /** Runs `handle` in a span of the trace that the record belongs to. What it throws or rejects with is recorded and goes on. */
  process<Result>(record: ConsumerRecord<unknown, unknown>, handle: () => Result): Result
  /** As `process`, for records of one topic that are handled together, a chunk say: one span, linked to each record's own trace. */
  processBatch<Result>(records: Iterable<ConsumerRecord<unknown, unknown>>, handle: () => Result): Result
  /** The context that came with a record, for who makes spans of his own. */
  extract(record: Pick<ConsumerRecord<unknown, unknown>, 'headers'>): Context
}

/** Traces of the clients that are given what it answers. */
export function kafkaTracing(options: KafkaTracingOptions = {}): KafkaTracing {
  const provider = options.tracerProvider ?? trace.getTracerProvider()
  const tracer = provider.getTracer('@dorsale/client', clientSoftware.clientSoftwareVersion)
  const extract: KafkaTracing['extract'] = record => propagation.extract(ROOT_CONTEXT, record.headers, headerGetter)
  const consumed = (operation: Attributes, topic: string): Attributes => ({
    ...common(options, topic),
    ...operation,
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    ...(options.groupId !== undefined && { 'messaging.consumer.group.name': options.groupId }),
  })
  return {
    producer: tracedProducer(tracer, options),
    extract,

    process(record, handle) {
      const { topic, partition, offset, key, value } = record
      const parent = extract(record)
      const attributes = consumed(
        {
          'messaging.destination.partition.id': String(partition),
          'messaging.kafka.offset': offset,
          ...keyAttributes(key),
          ...(value === null && { 'messaging.kafka.message.tombstone': true }),
        },
        topic,
      )
      // The trace goes on where the record was sent; what the application is doing at the moment is linked.
      const links = linksTo([context.active()])
      const span = tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes, links }, parent)
      return runIn(trace.setSpan(parent, span), span, handle)
    },

    processBatch(records, handle) {
      const all = [...records]
      const topic = all[0]?.topic ?? ''
      const attributes = consumed({ 'messaging.batch.message_count': all.length }, topic)
      const links = linksTo(all.map(extract))
      const span = tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes, links })
      return runIn(trace.setSpan(context.active(), span), span, handle)
    },
  }
}

/** Where a record keeps its span until its fate is known: it survives interceptors that copy the record. */
const spanOf = Symbol('span')

type Traced = ProducerRecord<unknown, unknown> & { readonly [spanOf]?: Span }

function tracedProducer(tracer: Tracer, options: KafkaTracingOptions): ProducerInterceptor<unknown, unknown> {
  return {
    onSend(record) {
      const attributes: Attributes = {
        ...common(options, record.topic),
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        ...keyAttributes(record.key),
        ...(record.value == null && { 'messaging.kafka.message.tombstone': true }),
      }
      const span = tracer.startSpan(`send ${record.topic}`, { kind: SpanKind.PRODUCER, attributes })
      const headers = [...(record.headers ?? [])]
      propagation.inject(trace.setSpan(context.active(), span), headers, headerSetter)
      const traced: Traced = { ...record, headers, [spanOf]: span }
      return traced
    },

    onAcknowledgement(outcome: RecordMetadata | undefined, error: Error | undefined, record: Traced) {
      const span = record[spanOf]
      if (span === undefined) return
      if (outcome !== undefined) {
        span.setAttribute('messaging.destination.partition.id', String(outcome.partition))
        if (outcome.offset >= 0) span.setAttribute('messaging.kafka.offset', outcome.offset)
      }
      if (error !== undefined) fail(span, error)
      span.end()
    },
  }
}

function common({ clientId }: KafkaTracingOptions, topic: string): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.destination.name': topic,
    ...(clientId !== undefined && { 'messaging.client.id': clientId }),
  }
}

/** Keys that are text, or were; bytes that are no UTF-8 say nothing in a trace. */
function keyAttributes(key: unknown): Attributes {
  const text = key instanceof Uint8Array ? textOf(key) : key
  return typeof text === 'string' || typeof text === 'number' || typeof text === 'bigint'
    ? { 'messaging.kafka.message.key': String(text) }
    : {}
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // No text.
    return undefined
  }
}

function linksTo(contexts: readonly Context[]): Link[] {
  return contexts.flatMap(each => {
    const spanContext = trace.getSpanContext(each)
    return spanContext === undefined ? [] : [{ context: spanContext }]
  })
}

/** Ends the span when `handle` has ended, or the promise that it answers. */
function runIn<Result>(active: Context, span: Span, handle: () => Result): Result {
  let result: Result
  try {
    result = context.with(active, handle)
  } catch (error) {
    fail(span, error)
    span.end()
    throw error
  }
  if (!(result instanceof Promise)) {
    span.end()
    return result
  }
  return result.then(
    value => {
      span.end()
      return value
    },
    error => {
      fail(span, error)
      span.end()
      throw error
    },
  ) as Result
}

function fail(span: Span, error: unknown): void {
  const { code, name, message } = error as { code?: unknown; name?: string; message?: string }
  span.setAttribute('error.type', typeof code === 'string' ? code : (name ?? 'unknown'))
  span.recordException(error as Error)
  span.setStatus({ code: SpanStatusCode.ERROR, message: message ?? String(error) })
}

type WrittenHeaders = { readonly key: string; readonly value: Uint8Array | string | null }[]

/** In place of a header of that name that came from elsewhere: a record that is passed on carries one context. */
const headerSetter: TextMapSetter<WrittenHeaders> = {
  set(headers, key, value) {
    const at = headers.findIndex(header => header.key === key)
    if (at >= 0) headers.splice(at, 1)
    headers.push({ key, value })
  },
}

const headerGetter: TextMapGetter<ConsumerRecord['headers']> = {
  keys: headers => headers.map(({ key }) => key),
  get(headers, key) {
    const value = lastHeader({ headers }, key)
    return value == null ? undefined : textOf(value)
  },
}
