import { type BatchHeader, RecordReader } from '@dorsale/protocol'

/** Types of control records that end a transaction. */
export const controlType = { abort: 0, commit: 1 } as const

/** The end of a transaction, as a control batch says it. */
export interface Marker {
  readonly type: number
  readonly coordinatorEpoch: number
  readonly timestamp: number
}

/** The first record of a control batch as an end of a transaction; undefined when it is another kind of control batch, or was emptied by compaction. */
export function readMarker(header: BatchHeader): Marker | undefined {
  const reader = new RecordReader(header)
  if (!reader.next()) return undefined
  const { key, value, timestamp } = reader
  if (key === null || key.length < 4 || value === null || value.length < 6) return undefined
  const type = new DataView(key.buffer, key.byteOffset).getInt16(2)
  if (type !== controlType.abort && type !== controlType.commit) return undefined
  // Behind its version the value is an EndTxnMarker; later versions append fields, which are left unread.
  const coordinatorEpoch = new DataView(value.buffer, value.byteOffset).getInt32(2)
  return { type, coordinatorEpoch, timestamp }
}
