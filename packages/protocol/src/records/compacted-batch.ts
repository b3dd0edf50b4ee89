/** What compaction writes in the place of a batch: its header without records, or fewer of its records. */
import { writeInt64 } from '../bytes/index.ts'
import { codecOf } from '../compression/index.ts'
import { sealBatch } from './batch-stamp.ts'
import {
  type BatchHeader,
  batchAttribute,
  batchField,
  batchHeaderSize,
  logOverhead,
  none,
  timestampTypes,
} from './record-batch.ts'
import { RecordBatchBuilder } from './record-batch-builder.ts'

/** Attributes that outlive the last record of a batch. */
const lasting = batchAttribute.logAppendTime | batchAttribute.transactional | batchAttribute.control

/** The batch without any record: what stays of it are its offsets, its producer, its sequences, and its greatest timestamp. */
export function emptiedBatch(header: BatchHeader): Uint8Array {
  const batch = new Uint8Array(batchHeaderSize)
  batch.set(header.bytes.subarray(header.position, header.position + batchHeaderSize))
  const view = new DataView(batch.buffer)
  view.setInt32(batchField.batchLength, batchHeaderSize - logOverhead)
  view.setInt16(batchField.attributes, header.attributes & lasting)
  writeInt64(view, batchField.baseTimestamp, none)
  view.setInt32(batchField.recordCount, 0)
  sealBatch(batch, 0)
  return batch
}

/**
 * A builder for some of the records of the batch, to be given by `appendEncoded` and closed by `build(header.lastOffset)`: everything else stays
 * as it was, and so does the last offset, on which the producer's last sequence rests. `sizeHint`: bytes of these records.
 */
export function rebuilderOf(
  header: BatchHeader,
  options: { deleteHorizonMs: number | undefined; sizeHint: number },
): RecordBatchBuilder {
  return new RecordBatchBuilder(
    {
      baseOffset: header.baseOffset,
      partitionLeaderEpoch: header.partitionLeaderEpoch,
      codec: codecOf(header.codecId)?.name,
      appendTime: header.timestampType === timestampTypes.logAppendTime ? header.maxTimestamp : undefined,
      producerId: header.producerId,
      producerEpoch: header.producerEpoch,
      baseSequence: header.baseSequence,
      transactional: header.isTransactional,
      control: header.isControl,
      deleteHorizonMs: options.deleteHorizonMs,
    },
    { sizeHint: batchHeaderSize + options.sizeHint },
  )
}
