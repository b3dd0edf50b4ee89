/** A record as applications know it. */
export interface KafkaRecord {
  offset: number
  /** Milliseconds since 1970; -1: none. */
  timestamp: number
  key: Uint8Array | null
  /** Null is a tombstone: compaction deletes the key. */
  value: Uint8Array | null
  headers: RecordHeader[]
}

/** A header of a record. Keys may repeat; order counts. */
export interface RecordHeader {
  key: string
  value: Uint8Array | null
}
