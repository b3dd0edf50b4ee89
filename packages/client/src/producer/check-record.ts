import { codecs } from '@dorsale/protocol'
import { SerializationError } from '@dorsale/serde'
import { describe, invalidArgument, isBytes, requireOffset, requirePartition, requireTopic } from '../misuse.ts'

/**
 * Throws for a record that nobody could send. One that came further would be lost with the batch that it is in, or hold up all that is sent after it. Key and value
 * are looked at by `requirePayload`, once they are bytes.
 */
export function checkRecord(record: unknown): void {
  if (typeof record !== 'object' || record === null)
    throw invalidArgument(`send takes a record, { topic, key, value }, and was given ${describe(record)}`)
  const { topic, partition, timestamp, headers, compression } = record as Readonly<Record<string, unknown>>
  requireTopic(topic, 'the topic of a record')
  if (partition !== undefined && partition !== null) requirePartition(partition, 'the partition of a record')
  if (timestamp !== undefined && timestamp !== null) requireOffset(timestamp, 'the timestamp of a record')
  if (headers !== undefined && headers !== null) checkHeaders(headers)
  if (compression !== undefined && compression !== 'none' && !Object.hasOwn(codecs, compression as string)) {
    const names = ['none', ...Object.keys(codecs)].join(', ')
    throw invalidArgument(`the compression of a record must be one of ${names}, and is ${describe(compression)}`)
  }
}

function checkHeaders(headers: unknown): void {
  if (!Array.isArray(headers))
    throw invalidArgument(`the headers of a record must be an array of { key, value }, and are ${describe(headers)}`)
  for (const header of headers) {
    const { key, value } = header ?? {}
    if (typeof key !== 'string') throw invalidArgument(`the key of a header must be text, and is ${describe(key)}`)
    if (!isPayload(value))
      throw invalidArgument(`the value of header '${key}' must be bytes or text, and is ${describe(value)}`)
  }
}

/** Throws a `SerializationError` (R-03-118), as Kafka's serializer of bytes does, for a key or a value that only a serializer could make bytes of. */
export function requirePayload(payload: unknown, topic: string, { isKey }: { isKey: boolean }): void {
  if (isPayload(payload)) return
  const advice = `give bytes or text, or set ${isKey ? 'key' : 'value'}.serializer`
  throw new SerializationError({ topic, isKey }, `it is ${describe(payload)}: ${advice}`)
}

function isPayload(payload: unknown): boolean {
  return typeof payload === 'string' || payload === null || payload === undefined || isBytes(payload)
}
