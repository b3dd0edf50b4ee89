import { BatchCursor, type CodecName, type ProducerId, RecordBatchBuilder, RecordReader } from '@dorsale/protocol'

interface BatchOptions {
  codec?: CodecName
  producerId?: ProducerId
  producerEpoch?: number
  baseSequence?: number
  transactional?: boolean
  /** Of the first record; each further one is a millisecond later. */
  timestamp?: number
}

/** A batch with these values, without keys. */
export function batchOf(values: readonly string[], { timestamp = 1_700_000_000_000, ...options }: BatchOptions = {}) {
  const builder = new RecordBatchBuilder(options)
  values.forEach((value, index) => {
    builder.append({ timestamp: timestamp + index, key: null, value: Buffer.from(value), headers: [] })
  })
  return builder.build()
}

/** `offset: value` of each record of whole batches, from `start` on. */
export function recordsOf(records: Uint8Array | null, start = 0): string[] {
  const found: string[] = []
  const cursor = new BatchCursor(records ?? new Uint8Array(0))
  while (cursor.next()) {
    const reader = new RecordReader(cursor.header)
    while (reader.next()) {
      if (reader.offset >= start) found.push(`${reader.offset}: ${Buffer.from(reader.value ?? []).toString()}`)
    }
  }
  return found
}
