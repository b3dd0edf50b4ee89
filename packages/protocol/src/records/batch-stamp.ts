/**
 * What a leader writes into a batch that it did not make. Base offset and leader epoch stand outside the checksum; a change of
 * anything behind it is followed by `sealBatch`.
 */
import { crc32c } from '@dorsale/base'
import { writeInt64 } from '../bytes/index.ts'
import { type ProducerId, writeProducerId } from './producer-id.ts'
import {
  type BatchHeader,
  batchAttribute,
  batchField,
  logOverhead,
  type TimestampType,
  timestampTypes,
} from './record-batch.ts'

/** Writes base offset and partition leader epoch into the batch under the header. The checksum stays true. */
export function stampBatch(header: BatchHeader, stamp: { baseOffset: number; partitionLeaderEpoch: number }): void {
  const { view, position } = header
  writeInt64(view, position + batchField.baseOffset, stamp.baseOffset)
  view.setInt32(position + batchField.partitionLeaderEpoch, stamp.partitionLeaderEpoch)
}

/** Writes the timestamp type and the greatest timestamp, clears the attributes without a meaning, and renews the checksum. */
export function stampBatchTimestamp(
  bytes: Uint8Array,
  position: number,
  stamp: { timestampType: TimestampType; maxTimestamp: number },
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const field = position + batchField.attributes
  const kept = view.getInt16(field) & batchAttribute.known & ~batchAttribute.logAppendTime
  view.setInt16(
    field,
    stamp.timestampType === timestampTypes.logAppendTime ? kept | batchAttribute.logAppendTime : kept,
  )
  writeInt64(view, position + batchField.maxTimestamp, stamp.maxTimestamp)
  sealBatch(bytes, position)
}

/** Writes who produced the batch at `position`, and its sequence, and renews the checksum: a producer numbers anew what the broker has not taken. */
export function stampBatchProducer(
  bytes: Uint8Array,
  position: number,
  stamp: { producerId: ProducerId; producerEpoch: number; baseSequence: number },
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  writeProducerId(view, position + batchField.producerId, stamp.producerId)
  view.setInt16(position + batchField.producerEpoch, stamp.producerEpoch)
  view.setInt32(position + batchField.baseSequence, stamp.baseSequence)
  sealBatch(bytes, position)
}

/** Computes the checksum of the batch at `position`, whose bytes are all there, and writes it. */
export function sealBatch(bytes: Uint8Array, position: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  view.setUint32(position + batchField.crc, batchChecksum(bytes, position, batchEnd(view, position)))
}

/** Whether the checksum in the header of the batch at `position`, whose bytes are all there, is that of its bytes. */
export function isBatchIntact(bytes: Uint8Array, position: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return view.getUint32(position + batchField.crc) === batchChecksum(bytes, position, batchEnd(view, position))
}

/** CRC-32C of the batch at `position` that ends at `end`, over what the checksum covers. */
export function batchChecksum(bytes: Uint8Array, position: number, end: number): number {
  return crc32c(bytes, position + batchField.attributes, end)
}

function batchEnd(view: DataView, position: number): number {
  return position + logOverhead + view.getInt32(position + batchField.batchLength)
}
