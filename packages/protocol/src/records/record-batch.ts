/**
 * The header of a record batch, message format v2 (magic 2), as it stands on the wire and on the disk:
 *
 * ```
 *   0  baseOffset            int64   stamped by the leader, outside the checksum
 *   8  batchLength           int32   bytes after this field
 *  12  partitionLeaderEpoch  int32   stamped by the leader, outside the checksum
 *  16  magic                 int8    2
 *  17  crc                   uint32  CRC-32C of everything from `attributes` to the end of the batch
 *  21  attributes            int16   bits 0-2 codec, 3 timestamp type, 4 transactional, 5 control, 6 delete horizon
 *  23  lastOffsetDelta       int32   last offset minus base offset, kept by compaction
 *  27  baseTimestamp         int64   what the records' timestamp deltas add to; the delete horizon when bit 6 is set
 *  35  maxTimestamp          int64   greatest timestamp, or the append time
 *  43  producerId            int64   -1: none
 *  51  producerEpoch         int16   -1: none
 *  53  baseSequence          int32   -1: none
 *  57  recordCount           int32
 *  61  records               as one compressed block when a codec is set
 * ```
 *
 * Magic 0 and 1 (message sets of Kafka before 0.11) share only the first 17 bytes' meaning of offset, length and magic.
 */
import { readInt64 } from '../bytes/index.ts'
import { type ProducerId, readProducerId } from './producer-id.ts'

/** Positions of the header's fields, from the batch's first byte. */
export const batchField = {
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
  records: 61,
} as const

/** `baseOffset` and `batchLength`: what must be read before the size of a batch is known, in every message format. */
export const logOverhead = 12
/** Bytes up to and including `magic`, the last field that all message formats share. */
export const magicEnd = 17
/** Size of the header of a v2 batch. */
export const batchHeaderSize = 61
export const currentMagic = 2

/** Bits of `attributes`. */
export const batchAttribute = {
  codecMask: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  deleteHorizon: 0x40,
  /** All bits that have a meaning. */
  known: 0x7f,
} as const

export const timestampTypes = { createTime: 0, logAppendTime: 1 } as const
export type TimestampType = (typeof timestampTypes)[keyof typeof timestampTypes]

/** "No timestamp", "no producer", "no sequence". */
export const none = -1

/**
 * A view of one batch header, moved from batch to batch without allocating. Nothing is checked and nothing is cached: the
 * caller has made sure that `batchHeaderSize` bytes are there (`BatchCursor` does), and that `magic` is 2 before it
 * reads a field behind it. Reading costs a `DataView` access per field.
 */
export class BatchHeader {
  bytes: Uint8Array
  view: DataView
  /** Where the batch starts in `bytes`. */
  position: number

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.position = position
  }

  get baseOffset(): number {
    return readInt64(this.view, this.position)
  }
  /** Bytes after the `batchLength` field. */
  get batchLength(): number {
    return this.view.getInt32(this.position + 8)
  }
  /** Whole size of the batch, header included. */
  get sizeInBytes(): number {
    return this.view.getInt32(this.position + 8) + logOverhead
  }
  get partitionLeaderEpoch(): number {
    return this.view.getInt32(this.position + 12)
  }
  get magic(): number {
    return this.view.getInt8(this.position + 16)
  }
  get crc(): number {
    return this.view.getUint32(this.position + 17)
  }
  get attributes(): number {
    return this.view.getInt16(this.position + 21)
  }
  get lastOffsetDelta(): number {
    return this.view.getInt32(this.position + 23)
  }
  /** What timestamp deltas add to. With `hasDeleteHorizon` this field holds the horizon instead, and deltas add to it. */
  get baseTimestamp(): number {
    return readInt64(this.view, this.position + 27)
  }
  get maxTimestamp(): number {
    return readInt64(this.view, this.position + 35)
  }
  get producerId(): ProducerId {
    return readProducerId(this.view, this.position + 43)
  }
  get producerEpoch(): number {
    return this.view.getInt16(this.position + 51)
  }
  get baseSequence(): number {
    return this.view.getInt32(this.position + 53)
  }
  get recordCount(): number {
    return this.view.getInt32(this.position + 57)
  }

  /** Codec id, 0 to 7; 5 to 7 mean nothing. See `codecs`. */
  get codecId(): number {
    return this.attributes & batchAttribute.codecMask
  }
  get isCompressed(): boolean {
    return (this.attributes & batchAttribute.codecMask) !== 0
  }
  get timestampType(): TimestampType {
    return (this.attributes & batchAttribute.logAppendTime) === 0
      ? timestampTypes.createTime
      : timestampTypes.logAppendTime
  }
  get isTransactional(): boolean {
    return (this.attributes & batchAttribute.transactional) !== 0
  }
  get isControl(): boolean {
    return (this.attributes & batchAttribute.control) !== 0
  }
  get hasDeleteHorizon(): boolean {
    return (this.attributes & batchAttribute.deleteHorizon) !== 0
  }
  get hasProducerId(): boolean {
    return this.producerId !== none && this.producerId > none
  }

  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta
  }
  get nextOffset(): number {
    return this.baseOffset + this.lastOffsetDelta + 1
  }
  /** Sequence of the last record, wrapping from 2^31 - 1 to 0; -1 without a sequence. */
  get lastSequence(): number {
    const base = this.baseSequence
    return base === none ? none : addSequence(base, this.lastOffsetDelta)
  }
  /** The batch's bytes: a view, which pins the whole buffer. */
  get batchBytes(): Uint8Array {
    return this.bytes.subarray(this.position, this.position + this.sizeInBytes)
  }
}

/** Producer sequences wrap from 2^31 - 1 to 0. */
export function addSequence(sequence: number, delta: number): number {
  const sum = sequence + delta
  return sum > 0x7fffffff ? sum - 0x80000000 : sum
}
