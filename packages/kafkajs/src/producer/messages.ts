/** What an application gives to send: checked, merged by topic, and put into the client's records. */
import type { ProducerRecord as ClientRecord } from '@dorsale/client'
import { codecNameOf } from '../compression.ts'
import { KafkaJSNonRetriableError } from '../errors.ts'
import type { IHeaders, Message, ProducerBatch, ProducerRecord, TopicMessages } from '../types.ts'

/** One call, as it is sent. */
export interface Sending {
  readonly acks: -1 | 0 | 1
  readonly codec: ReturnType<typeof codecNameOf>
  readonly topics: readonly TopicMessages[]
}

/** Throws a `KafkaJSNonRetriableError` with what is wrong. */
export function checkRecord({ topic, messages, ...rest }: ProducerRecord): ProducerBatch {
  if (!topic) throw new KafkaJSNonRetriableError('Invalid topic')
  return { ...rest, topicMessages: [{ topic, messages }] }
}

/** Throws a `KafkaJSNonRetriableError` with what is wrong. */
export function checkBatch(batch: ProducerBatch, { idempotent }: { idempotent: boolean }): Sending {
  const { acks = -1, compression = 0, topicMessages = [] } = batch
  if (topicMessages.some(({ topic }) => !topic)) throw new KafkaJSNonRetriableError('Invalid topic')
  if (idempotent && acks !== -1) {
    throw new KafkaJSNonRetriableError(
      "Not requiring ack for all messages invalidates the idempotent producer's EoS guarantees",
    )
  }
  if (acks !== -1 && acks !== 0 && acks !== 1) throw new KafkaJSNonRetriableError(`Invalid acks ${acks}: -1, 0 or 1`)
  const codec = codecNameOf(compression)
  if (codec === undefined) throw new KafkaJSNonRetriableError(`Invalid compression type ${compression}`)
  for (const { topic, messages } of topicMessages) checkMessages(topic, messages)
  return { acks, codec, topics: topicMessages.length > 1 ? merged(topicMessages) : topicMessages }
}

function checkMessages(topic: string, messages: readonly Message[]): void {
  if (!messages) throw new KafkaJSNonRetriableError(`Invalid messages array [${messages}] for topic "${topic}"`)
  for (const message of messages) {
    if (message.value !== undefined) continue
    const text = `Invalid message without value for topic "${topic}": ${JSON.stringify(message)}`
    throw new KafkaJSNonRetriableError(text)
  }
}

/** A topic that is named twice is one. */
function merged(topicMessages: readonly TopicMessages[]): TopicMessages[] {
  const topics = new Map<string, Message[]>()
  for (const { topic, messages } of topicMessages) {
    const earlier = topics.get(topic)
    if (earlier === undefined) topics.set(topic, [...messages])
    else for (const message of messages) earlier.push(message)
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }))
}

/** A message as the client takes it. */
export function clientRecord(
  { topic, partition, codec }: { topic: string; partition: number; codec: NonNullable<Sending['codec']> },
  { key, value, headers, timestamp }: Message,
): ClientRecord {
  const record = { topic, partition, key: payloadOf(key), value: payloadOf(value), compression: codec }
  if (headers === undefined && timestamp === undefined) return record
  return {
    ...record,
    ...(headers && { headers: headersOf(headers) }),
    ...(timestamp && { timestamp: Number(timestamp) }),
  }
}

/** kafkajs takes numbers and the like for their text. */
function payloadOf(payload: Buffer | string | null | undefined): Uint8Array | string | null {
  if (payload === null || payload === undefined) return null
  if (typeof payload === 'string' || payload instanceof Uint8Array) return payload
  return ArrayBuffer.isView(payload) ? new Uint8Array((payload as DataView).buffer) : String(payload)
}

/** A header with several values is several headers. */
function headersOf(headers: IHeaders): { key: string; value: Uint8Array | string | null }[] {
  return Object.entries(headers).flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.map(each => ({ key, value: payloadOf(each) }))
      : value === undefined
        ? []
        : [{ key, value: payloadOf(value) }],
  )
}
