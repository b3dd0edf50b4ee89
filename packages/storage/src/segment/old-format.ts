/**
 * Messages of formats 0 and 1, which Kafka wrote before 0.11 and still reads, and we do not. They have to be told apart from a torn batch:
 * a recovery cuts what is torn, and nobody wants a good log cut.
 *
 *     offset int64   size int32   crc int32   magic int8   ...     the checksum (CRC-32, IEEE) is over everything from magic on
 */
import { crc32 } from 'node:zlib'
import { currentMagic, logOverhead, magicEnd } from '@dorsale/protocol'
import { readPiece } from './batch-walk.ts'
import type { FileWalk } from './file-walk.ts'

const crcPosition = logOverhead
const crcEnd = crcPosition + 4
const magicPosition = magicEnd - 1
/** The smallest message: checksum, magic, attributes, lengths of an absent key and an absent value. */
const sizeMin = 14

/** Whether a whole message of an old format stands at `position`, in a file of `fileSize` bytes. */
export function* isOldFormat(position: number, fileSize: number): FileWalk<boolean> {
  const head = yield* readPiece(position, Math.min(magicEnd, fileSize - position))
  if (head.length < magicEnd || (head[magicPosition] as number) >= currentMagic) return false
  const size = new DataView(head.buffer, head.byteOffset).getInt32(logOverhead - 4)
  if (size < sizeMin || position + logOverhead + size > fileSize) return false
  const message = yield* readPiece(position, logOverhead + size)
  if (message.length < logOverhead + size) return false
  const view = new DataView(message.buffer, message.byteOffset)
  return crc32(message.subarray(crcEnd)) === view.getUint32(crcPosition)
}
