/** The record section of a batch, decompressed if need be. */
import { CompressionError, codecOf, type PlainMemory } from '../compression/index.ts'
import { errorCodes } from '../errors/index.ts'
import { InvalidRecordsError } from './invalid-records-error.ts'
import { type BatchHeader, batchHeaderSize } from './record-batch.ts'

/**
 * Plain bytes that a compressed batch may hold unless the caller says otherwise. Kafka knows no such bound; a batch of the largest
 * default size (1 MiB) reaches this one when it shrank to less than a twenty-fourth.
 */
export const batchPlainBytesMax = 24 * 1024 * 1024

/** The plain record section of a batch: a view of the batch when it is not compressed, else an array of its own, which `memory` may lend. */
export function batchRecords(
  header: BatchHeader,
  plainBytesMax = batchPlainBytesMax,
  memory?: PlainMemory,
): Uint8Array {
  const { bytes, position, codecId } = header
  const section = bytes.subarray(position + batchHeaderSize, position + header.sizeInBytes)
  if (codecId === 0) return section
  try {
    return codecById(codecId).decompress(section, plainBytesMax, memory)
  } catch (error) {
    throw asInvalidRecords(error)
  }
}

/** The codec of a batch whose codec bits are not 0. */
export function codecById(codecId: number) {
  const codec = codecOf(codecId)
  if (codec === undefined) {
    throw new InvalidRecordsError(
      errorCodes.UNKNOWN_SERVER_ERROR,
      `the batch names compression codec ${codecId}, which does not exist`,
    )
  }
  return codec
}

/** What a failed decompression means for the batch; any other error passes as it is. */
export function asInvalidRecords(error: unknown): unknown {
  if (!(error instanceof CompressionError)) return error
  const errorCode = error.tooLarge ? errorCodes.MESSAGE_TOO_LARGE : errorCodes.UNKNOWN_SERVER_ERROR
  return new InvalidRecordsError(errorCode, `the records of the batch cannot be decompressed: ${error.message}`, error)
}
