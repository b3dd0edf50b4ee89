/**
 * What a leader does with the records that a client sends for one partition (D2): everything in them is verified before a byte is
 * stored, and they are made ready to be stored, in place if possible.
 *
 * The checks, in Kafka's order, with Kafka's errors (observed: vectors/records/produce.json):
 *
 *  1. one batch, whole, of magic 2, and not zstd before Produce v7     CORRUPT_MESSAGE, INVALID_RECORD, UNSUPPORTED_COMPRESSION_TYPE
 *  2. base offset 0, size, checksum, codec                             INVALID_RECORD, MESSAGE_TOO_LARGE, CORRUPT_MESSAGE, UNKNOWN_SERVER_ERROR
 *  3. counts, control bit, sequence                                    INVALID_RECORD
 *  4. every record: shape, key, timestamp                              INVALID_RECORD, INVALID_TIMESTAMP
 *  5. size after recompression                                         MESSAGE_TOO_LARGE
 *
 * Bytes behind the first batch that are not a batch are cut off, as Kafka does. Where we knowingly differ, `deviations` in
 * validate-produce.test.ts says so.
 */
import { type CodecName, codecs } from '../compression/index.ts'
import { type ErrorCode, errorCodes } from '../errors/index.ts'
import { BatchCursor, type BatchCursorState } from './batch-cursor.ts'
import { asInvalidRecords, batchPlainBytesMax, codecById } from './batch-records.ts'
import { isBatchIntact, stampBatchTimestamp } from './batch-stamp.ts'
import { InvalidRecordsError } from './invalid-records-error.ts'
import {
  type BatchHeader,
  batchAttribute,
  batchField,
  batchHeaderSize,
  logOverhead,
  none,
  type TimestampType,
  timestampTypes,
} from './record-batch.ts'
import { RecordBatchBuilder } from './record-batch-builder.ts'
import { RecordReader } from './record-reader.ts'
import { type RecordFault, RecordWalk, type RecordWalkRules } from './record-walk.ts'
import { walkWindows } from './walk-windows.ts'

/** A topic's rules for what is produced to it: its configuration, compiled. `Infinity` stands for Long.MAX. */
export interface ProduceRules {
  /** `cleanup.policy` contains `compact`: records need a key. */
  readonly compacted: boolean
  /** `message.timestamp.type`. */
  readonly timestampType: TimestampType
  /** `message.timestamp.before.max.ms`. */
  readonly timestampBeforeMaxMs: number
  /** `message.timestamp.after.max.ms`. */
  readonly timestampAfterMaxMs: number
  /** `compression.type`. */
  readonly compressionType: CodecName | 'uncompressed' | 'producer'
  /** `compression.<type>.level` of that type; its default if undefined. */
  readonly compressionLevel: number | undefined
  /** `max.message.bytes`. */
  readonly batchBytesMax: number
  /** `max.decompressed.message.bytes`: size of a record inside a compressed batch. */
  readonly recordBytesMax: number
}

/** What changes from request to request. */
export interface ProduceCall {
  /** Wall clock: the append time, and what timestamps are held against. */
  readonly nowMs: number
  /** Version of the Produce request. */
  readonly apiVersion: number
}

export type ProduceVerdict = AcceptedBatch | RefusedBatch

/** A batch to store: `stampBatch` is all that it lacks. */
export interface AcceptedBatch {
  readonly accepted: true
  /** The batch and nothing else: a view of the client's bytes, or new ones if they had to be compressed otherwise or renumbered. */
  readonly bytes: Uint8Array
  readonly recordCount: number
  readonly maxTimestamp: number
  /** Offset delta of a record that has `maxTimestamp`; of the last record when all have the append time. */
  readonly maxTimestampOffsetDelta: number
}

/** Records that are not stored, and the answer to give. */
export interface RefusedBatch {
  readonly accepted: false
  readonly errorCode: ErrorCode
  /** One sentence. */
  readonly errorMessage: string
  /** The records at fault, when the batch could be read. */
  readonly recordErrors: readonly RecordError[]
}

/** As in a Produce response. */
export interface RecordError {
  readonly batchIndex: number
  readonly batchIndexErrorMessage: string
}

/** Records at fault that are named in an answer: it must not outgrow the request. */
const recordErrorsMax = 1000
/** First version of Produce that may carry zstd. */
const zstdVersionMin = 7
/** A batch may decompress to this many times what the topic allows it compressed, if that is more than the general bound. */
const plainBytesPerBatchByte = 4

/**
 * Verifies the records of one partition of a Produce request and makes them ready to be stored. On success bytes of `records` may
 * have been rewritten (append time, greatest timestamp, checksum).
 */
export function validateProduceRecords(records: Uint8Array, rules: ProduceRules, call: ProduceCall): ProduceVerdict {
  try {
    const header = onlyBatch(records, call.apiVersion)
    checkBatch(header, rules)
    checkHeader(header)
    return checkRecords(header, rules, call.nowMs)
  } catch (error) {
    if (error instanceof InvalidRecordsError) {
      return { accepted: false, errorCode: error.errorCode, errorMessage: error.message, recordErrors: [] }
    }
    throw error
  }
}

/** The one batch that a Produce request carries for a partition. */
function onlyBatch(records: Uint8Array, apiVersion: number): BatchHeader {
  const cursor = new BatchCursor(records)
  if (!cursor.next()) refuseBytes(cursor.state, 'the records')
  const { header } = cursor
  const start = header.position
  if (apiVersion < zstdVersionMin && header.codecId === codecs.zstd.id) {
    refuse(
      errorCodes.UNSUPPORTED_COMPRESSION_TYPE,
      `zstd needs version ${zstdVersionMin} of Produce, this is ${apiVersion}`,
    )
  }
  if (cursor.next() || cursor.state === 'old-format') refuse(errorCodes.INVALID_RECORD, 'there is more than one batch')
  if (cursor.state === 'bad-magic' || cursor.state === 'bad-size') refuseBytes(cursor.state, 'what follows the batch')
  header.position = start
  return header
}

function refuseBytes(state: BatchCursorState, what: string): never {
  switch (state) {
    case 'bad-size':
      return refuse(errorCodes.CORRUPT_MESSAGE, `${what} claim a size smaller than a batch`)
    case 'bad-magic':
      return refuse(errorCodes.CORRUPT_MESSAGE, `${what} have an unknown message format`)
    case 'old-format':
      return refuse(errorCodes.INVALID_RECORD, `${what} have message format 0 or 1; Kafka 4 takes 2 only`)
    default:
      return refuse(errorCodes.INVALID_RECORD, `${what} hold no whole batch`)
  }
}

function checkBatch(header: BatchHeader, rules: ProduceRules): void {
  if (header.baseOffset !== 0) {
    refuse(errorCodes.INVALID_RECORD, `a producer sends base offset 0, this batch has ${header.baseOffset}`)
  }
  checkSize(header.sizeInBytes, rules)
  if (!isBatchIntact(header.bytes, header.position)) {
    refuse(errorCodes.CORRUPT_MESSAGE, 'the checksum of the batch is not that of its bytes')
  }
  if (header.isCompressed) codecById(header.codecId)
}

function checkSize(size: number, rules: ProduceRules): void {
  if (size <= rules.batchBytesMax) return
  refuse(
    errorCodes.MESSAGE_TOO_LARGE,
    `the batch has ${size} bytes, max.message.bytes of the topic is ${rules.batchBytesMax}`,
  )
}

function checkHeader(header: BatchHeader): void {
  const { recordCount, lastOffsetDelta } = header
  if (recordCount <= 0) refuse(errorCodes.INVALID_RECORD, `the batch claims ${recordCount} records`)
  if (lastOffsetDelta !== recordCount - 1) {
    refuse(
      errorCodes.INVALID_RECORD,
      `the batch claims ${recordCount} records and the last offset delta ${lastOffsetDelta}`,
    )
  }
  if (header.isControl) refuse(errorCodes.INVALID_RECORD, 'only a broker writes control batches')
  if (header.hasProducerId && header.baseSequence < 0) {
    refuse(
      errorCodes.INVALID_RECORD,
      `the batch of producer ${header.producerId} has the sequence ${header.baseSequence}`,
    )
  }
}

function checkRecords(header: BatchHeader, rules: ProduceRules, nowMs: number): ProduceVerdict {
  const faults = new FaultList(rules, nowMs, header)
  const walk = new RecordWalk(walkRules(header, rules, nowMs), faults.add)
  const target = rules.compressionType === 'producer' ? header.codecId : codecIdOf(rules.compressionType)
  const plain = header.isCompressed
    ? walkCompressed(header, rules, walk, { keep: target !== header.codecId })
    : walkPlain(header, walk)
  if (faults.count > 0) return faults.refusal()

  const appendTime = rules.timestampType === timestampTypes.logAppendTime
  const maxTimestamp = appendTime ? nowMs : walk.maxTimestamp
  const bytes = ready(header, rules, { maxTimestamp, target, plain, consecutive: walk.offsetsAreConsecutive })
  return {
    accepted: true,
    bytes,
    recordCount: walk.count,
    maxTimestamp,
    maxTimestampOffsetDelta: appendTime ? walk.count - 1 : walk.maxTimestampIndex,
  }
}

function walkRules(header: BatchHeader, rules: ProduceRules, nowMs: number): RecordWalkRules {
  const appendTime = header.timestampType === timestampTypes.logAppendTime ? header.maxTimestamp : undefined
  return {
    recordCount: header.recordCount,
    baseTimestamp: header.baseTimestamp,
    appendTime,
    ...timestampBounds(rules, nowMs, appendTime),
    keyRequired: rules.compacted,
    recordBytesMax: header.isCompressed
      ? Math.min(rules.recordBytesMax, plainBytesMaxOf(rules))
      : Number.POSITIVE_INFINITY,
  }
}

/** The timestamps that a topic takes. A producer has no business with append time: Kafka takes it where it can be overwritten. */
function timestampBounds(rules: ProduceRules, nowMs: number, appendTime: number | undefined) {
  const nothing = { timestampMin: Number.POSITIVE_INFINITY, timestampMax: Number.NEGATIVE_INFINITY }
  const everything = { timestampMin: Number.NEGATIVE_INFINITY, timestampMax: Number.POSITIVE_INFINITY }
  if (rules.timestampType === timestampTypes.logAppendTime) return appendTime === undefined ? everything : nothing
  if (appendTime === none) return nothing
  // Never wider than what a number holds exactly.
  return {
    timestampMin: Math.max(nowMs - rules.timestampBeforeMaxMs, -Number.MAX_SAFE_INTEGER),
    timestampMax: Math.min(nowMs + rules.timestampAfterMaxMs, Number.MAX_SAFE_INTEGER),
  }
}

/** Walks the records of an uncompressed batch; answers them. */
function walkPlain(header: BatchHeader, walk: RecordWalk): Uint8Array {
  const { bytes, position } = header
  const end = position + header.sizeInBytes
  walk.walk(bytes, position + batchHeaderSize, end)
  walk.finish()
  return bytes.subarray(position + batchHeaderSize, end)
}

/** Walks the records of a compressed batch; answers them if they are to be kept. */
function walkCompressed(
  header: BatchHeader,
  rules: ProduceRules,
  walk: RecordWalk,
  options: { keep: boolean },
): Uint8Array | undefined {
  const codec = codecById(header.codecId)
  const section = header.bytes.subarray(header.position + batchHeaderSize, header.position + header.sizeInBytes)
  const plainBytesMax = plainBytesMaxOf(rules)
  try {
    const plain = options.keep ? codec.decompress(section, plainBytesMax) : undefined
    walkWindows(walk, plain === undefined ? codec.windows(section, plainBytesMax) : [plain])
    return plain
  } catch (error) {
    throw asInvalidRecords(error)
  }
}

/** What the walk of a batch has found out for its storing. */
interface Findings {
  maxTimestamp: number
  /** Codec to store it with. */
  target: number
  /** Its plain records, where they are needed. */
  plain: Uint8Array | undefined
  /** Offset deltas are 0, 1, 2... */
  consecutive: boolean
}

/** The bytes to store. */
function ready(
  header: BatchHeader,
  rules: ProduceRules,
  { maxTimestamp, target, plain, consecutive }: Findings,
): Uint8Array {
  const { timestampType } = rules
  const sameCodec = target === header.codecId
  if (sameCodec && consecutive) {
    if (header.timestampType !== timestampType || header.maxTimestamp !== maxTimestamp) {
      stampBatchTimestamp(header.bytes, header.position, { timestampType, maxTimestamp })
    }
    return header.batchBytes
  }
  // Kafka numbers the records of a batch that it compresses anew, fails over a compressed batch that it would have to number, and stores
  // an uncompressed one with the wrong offsets: there we number it, too.
  if (!consecutive && sameCodec && header.isCompressed) {
    refuse(errorCodes.UNKNOWN_SERVER_ERROR, 'the offset deltas of the compressed batch are not 0, 1, 2...')
  }
  const bytes = consecutive ? recompressed(header, plain!, target, rules) : renumbered(header, target, rules)
  checkSize(bytes.length, rules)
  stampBatchTimestamp(bytes, 0, { timestampType, maxTimestamp })
  return bytes
}

/** The batch with the same records, compressed otherwise. Timestamp, attributes and checksum are stamped by the caller. */
function recompressed(header: BatchHeader, plain: Uint8Array, target: number, rules: ProduceRules): Uint8Array {
  const block = target === 0 ? plain : codecById(target).compress(plain, rules.compressionLevel)
  const bytes = new Uint8Array(batchHeaderSize + block.length)
  bytes.set(header.bytes.subarray(header.position, header.position + batchHeaderSize))
  bytes.set(block, batchHeaderSize)
  const view = new DataView(bytes.buffer)
  view.setInt32(batchField.batchLength, bytes.length - logOverhead)
  view.setInt16(batchField.attributes, (header.attributes & ~batchAttribute.codecMask) | target)
  return bytes
}

/** The batch with the same records, numbered 0, 1, 2... in the order in which they stand. */
function renumbered(header: BatchHeader, target: number, rules: ProduceRules): Uint8Array {
  const builder = new RecordBatchBuilder({
    codec: target === 0 ? undefined : codecById(target).name,
    level: rules.compressionLevel,
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    transactional: header.isTransactional,
  })
  // With append time the records' own timestamps are never read again, and may be anything.
  const keepsTimestamps = rules.timestampType === timestampTypes.createTime
  const reader = new RecordReader(header, { plainBytesMax: plainBytesMaxOf(rules) })
  let firstTimestamp: number | undefined
  while (reader.next()) {
    const { key, value, headers } = reader
    const timestamp = keepsTimestamps ? reader.timestamp : none
    firstTimestamp ??= timestamp
    if (!Number.isSafeInteger(timestamp - firstTimestamp)) {
      refuse(errorCodes.INVALID_TIMESTAMP, 'the timestamps of the batch lie too far from each other')
    }
    builder.append({ timestamp, key, value, headers })
  }
  return builder.build()
}

/** Plain bytes that a compressed batch may hold. */
function plainBytesMaxOf(rules: ProduceRules): number {
  return Math.max(batchPlainBytesMax, rules.batchBytesMax * plainBytesPerBatchByte)
}

function codecIdOf(name: CodecName | 'uncompressed'): number {
  return name === 'uncompressed' ? 0 : codecs[name].id
}

/** The records of a batch that break a rule. */
class FaultList {
  count = 0
  readonly #errors: RecordError[] = []
  readonly #rules: ProduceRules
  readonly #nowMs: number
  readonly #header: BatchHeader
  #timestampFaults = 0

  constructor(rules: ProduceRules, nowMs: number, header: BatchHeader) {
    this.#rules = rules
    this.#nowMs = nowMs
    this.#header = header
  }

  readonly add = (fault: RecordFault, index: number, timestamp: number): void => {
    this.count++
    if (fault === 'timestamp') this.#timestampFaults++
    if (this.#errors.length >= recordErrorsMax) return
    this.#errors.push({ batchIndex: index, batchIndexErrorMessage: this.#describe(fault, timestamp) })
  }

  #describe(fault: RecordFault, timestamp: number): string {
    if (fault === 'no-key') return 'a compacted topic takes no record without a key'
    const { timestampType, timestampBeforeMaxMs, timestampAfterMaxMs } = this.#rules
    if (timestampType === timestampTypes.logAppendTime || timestamp === none) {
      return 'a producer does not set the timestamp type LogAppendTime'
    }
    const min = this.#nowMs - timestampBeforeMaxMs
    const max = this.#nowMs + timestampAfterMaxMs
    return `the timestamp ${timestamp} is outside of what the topic takes: ${min} to ${max}`
  }

  /** One bad timestamp decides the error of the batch. */
  refusal(): RefusedBatch {
    const { count } = this
    const of = `${count} of ${this.#header.recordCount} records ${count === 1 ? 'was' : 'were'} refused`
    return {
      accepted: false,
      errorCode: this.#timestampFaults > 0 ? errorCodes.INVALID_TIMESTAMP : errorCodes.INVALID_RECORD,
      errorMessage: `${of}; the first, record ${this.#errors[0]!.batchIndex}: ${this.#errors[0]!.batchIndexErrorMessage}`,
      recordErrors: this.#errors,
    }
  }
}

function refuse(errorCode: ErrorCode, reason: string): never {
  throw new InvalidRecordsError(errorCode, reason)
}
