/** How records are printed by `kafka-console-consumer` without a formatter of its own, under Kafka's names of properties. */
import type { ConsumerRecord } from '@dorsale/client'
import { type SyncSerde, serdeByClassName } from '@dorsale/serde'
import { usage } from './options.ts'

/** Appends what a record looks like. */
export type RecordFormatter = (record: ConsumerRecord, parts: Uint8Array[]) => void

type Properties = Readonly<Record<string, string>>
type Print = (bytes: Uint8Array | null, record: ConsumerRecord, isKey: boolean) => Uint8Array

/** The columns that `properties` ask for, in Kafka's order. Throws for a deserializer that is not there. */
export function recordFormatter(properties: Properties): RecordFormatter {
  const isOn = (name: string, byDefault = false) => {
    const text = properties[`print.${name}`]
    return text === undefined ? byDefault : text.trim().toLowerCase() === 'true'
  }
  const columnSeparator = Buffer.from(properties['key.separator'] ?? '\t')
  const lineSeparator = Buffer.from(properties['line.separator'] ?? '\n')
  const headersSeparator = Buffer.from(properties['headers.separator'] ?? ',')
  const nothing = Buffer.from(properties['null.literal'] ?? 'null')
  const printKey = printer(properties['key.deserializer'], nothing)
  const printValue = printer(properties['value.deserializer'], nothing)
  const printHeader = printer(properties['headers.deserializer'], nothing)

  const columns: RecordFormatter[] = []
  const text = (name: string, read: (record: ConsumerRecord) => string) => {
    if (isOn(name)) columns.push((record, parts) => parts.push(Buffer.from(read(record))))
  }
  text('timestamp', ({ timestamp, timestampType }) =>
    timestamp < 0 ? 'NO_TIMESTAMP' : `${timestampType}:${timestamp}`,
  )
  text('partition', ({ partition }) => `Partition:${partition}`)
  text('offset', ({ offset }) => `Offset:${offset}`)
  text('delivery', record => `Delivery:${'deliveryCount' in record ? record.deliveryCount : 'NOT_PRESENT'}`)
  text('epoch', ({ leaderEpoch }) => `Epoch:${leaderEpoch < 0 ? 'NOT_PRESENT' : leaderEpoch}`)
  if (isOn('headers')) {
    columns.push((record, parts) => {
      if (record.headers.length === 0) parts.push(noHeaders)
      for (const [index, { key, value }] of record.headers.entries()) {
        if (index > 0) parts.push(headersSeparator)
        parts.push(Buffer.from(`${key}:`), printHeader(value, record, false))
      }
    })
  }
  if (isOn('key')) columns.push((record, parts) => parts.push(printKey(record.key, record, true)))
  const hasValue = isOn('value', true)
  if (hasValue) columns.push((record, parts) => parts.push(printValue(record.value, record, false)))

  return (record, parts) => {
    for (const [index, column] of columns.entries()) {
      if (index > 0) parts.push(columnSeparator)
      column(record, parts)
    }
    parts.push(lineSeparator)
  }
}

const noHeaders = Buffer.from('NO_HEADERS')

function printer(className: string | undefined, nothing: Uint8Array): Print {
  if (className === undefined) return bytes => bytes ?? nothing
  const serde: SyncSerde<unknown, never> | undefined = serdeByClassName(className)
  if (serde === undefined)
    throw usage(`There is no deserializer ${className}: Kafka's own can be named, such as ${known}`)
  return (bytes, record, isKey) => {
    // As Kafka does: what stands for null goes through the deserializer too.
    const value = serde.deserialize(bytes ?? nothing, { topic: record.topic, isKey, headers: [...record.headers] })
    return value instanceof Uint8Array ? value : Buffer.from(String(value))
  }
}

const known = 'org.apache.kafka.common.serialization.LongDeserializer'
