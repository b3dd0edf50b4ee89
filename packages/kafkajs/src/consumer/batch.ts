import type { ConsumerRecord } from '@dorsale/client'
import type { FetchedChunk } from '@dorsale/client/parts'
import type { Batch, IHeaders, KafkaMessage } from '../types.ts'

/** What one fetch brought of one partition, in kafkajs's shape. Bytes are views of what was fetched, as in kafkajs. */
export class DoorBatch implements Batch {
  readonly topic: string
  readonly partition: number
  readonly highWatermark: string
  readonly messages: KafkaMessage[]
  readonly #chunk: FetchedChunk

  constructor(chunk: FetchedChunk) {
    this.topic = chunk.topic
    this.partition = chunk.partition
    this.highWatermark = String(chunk.highWatermark)
    this.#chunk = chunk
    this.messages = messagesOf(chunk)
  }

  isEmpty(): boolean {
    return this.messages.length === 0
  }

  firstOffset(): string | null {
    return this.messages[0]?.offset ?? String(this.#chunk.fetchOffset)
  }

  /** Markers of transactions at the end count. */
  lastOffset(): string {
    return String(this.#chunk.nextOffset - 1)
  }

  offsetLag(): string {
    return String(this.#chunk.highWatermark - this.#chunk.nextOffset)
  }

  offsetLagLow(): string {
    const first = this.messages[0]
    return first === undefined ? '0' : String(this.#chunk.highWatermark - 1 - Number(first.offset))
  }
}

function messagesOf(chunk: FetchedChunk): KafkaMessage[] {
  const messages: KafkaMessage[] = []
  // Records of one turn of a producer have one time: its text is made once.
  let lastTimestamp = Number.NaN
  let timestamp = ''
  const cursor = chunk.cursor()
  for (let record = cursor.next(); record !== undefined; record = cursor.next()) {
    if (record.timestamp !== lastTimestamp) {
      lastTimestamp = record.timestamp
      timestamp = String(lastTimestamp)
    }
    messages.push(messageOf(record, timestamp))
  }
  return messages
}

function messageOf({ key, value, offset, headers }: ConsumerRecord, timestamp: string): KafkaMessage {
  const message = {
    magicByte: 2,
    attributes: 0,
    timestamp,
    offset: String(offset),
    key: bufferOf(key),
    value: bufferOf(value),
    headers: headers.length === 0 ? {} : headersOf(headers),
    isControlRecord: false,
  }
  return message
}

/** A header that comes several times is a list. Names are the producer's: any text, `__proto__` too. */
function headersOf(headers: ConsumerRecord['headers']): IHeaders {
  const byKey = new Map<string, Buffer | Buffer[]>()
  for (const { key, value } of headers) {
    const bytes = bufferOf(value) as Buffer
    const earlier = byKey.get(key)
    if (!byKey.has(key)) byKey.set(key, bytes)
    else if (Array.isArray(earlier)) earlier.push(bytes)
    else byKey.set(key, [earlier as Buffer, bytes])
  }
  return Object.fromEntries(byKey)
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  if (bytes === null || Buffer.isBuffer(bytes)) return bytes
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
