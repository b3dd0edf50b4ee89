import { RecordBatchBuilder } from './record-batch-builder.ts'

/** Kinds of control records that end a transaction. */
const markerTypes = { abort: 0, commit: 1 } as const

export interface TransactionMarker {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly committed: boolean
  /** Leader epoch of the coordinator's partition: markers of an older coordinator are refused. */
  readonly coordinatorEpoch: number
  readonly timestamp: number
}

/**
 * The control batch that ends a producer's transaction in a partition, not built yet:
 *
 * ```
 *   key     int16 version 0 | int16 type: 0 abort, 1 commit
 *   value   int16 version 0 | int32 coordinator epoch
 * ```
 */
export function transactionMarker(marker: TransactionMarker): RecordBatchBuilder {
  const { producerId, producerEpoch, committed, coordinatorEpoch, timestamp } = marker
  const key = new Uint8Array(4)
  new DataView(key.buffer).setInt16(2, committed ? markerTypes.commit : markerTypes.abort)
  const value = new Uint8Array(6)
  new DataView(value.buffer).setInt32(2, coordinatorEpoch)
  const builder = new RecordBatchBuilder(
    { producerId, producerEpoch, transactional: true, control: true },
    { sizeHint: 128 },
  )
  builder.append({ timestamp, key, value })
  return builder
}
