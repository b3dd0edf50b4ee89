/**
 * `<offset>.snapshot`: the producers of a partition as they stood before `offset`, so that a start does not read the whole log to know
 * them.
 *
 * ```
 *   0  version        int16   1
 *   2  crc            uint32  CRC-32C of everything behind it
 *   6  count          int32
 *  10  entries        each:
 *        0  producerId       int64
 *        8  producerEpoch    int16
 *       10  lastSequence     int32   -1: none
 *       14  lastOffset       int64   -1: none
 *       22  offsetDelta      int32
 *       26  timestamp        int64
 *       34  coordinatorEpoch int32
 *       38  transactionStart int64   -1: none
 * ```
 *
 * Of a producer's batches only the last is kept.
 */
import { crc32c } from '@dorsale/base'
import { addSequence, readInt64, readProducerId, writeInt64, writeProducerId } from '@dorsale/protocol'
import { none, ProducerEntry } from './producer-entry.ts'

const version = 1
const headerSize = 10
const crcPosition = 2
const crcEnd = 6
const entrySize = 46

export function encodeSnapshot(entries: readonly ProducerEntry[]): Uint8Array {
  const bytes = new Uint8Array(headerSize + entries.length * entrySize)
  const view = new DataView(bytes.buffer)
  view.setInt16(0, version)
  view.setInt32(crcEnd, entries.length)
  for (const [index, entry] of entries.entries()) {
    const at = headerSize + index * entrySize
    const batch = entry.lastBatch
    writeProducerId(view, at, entry.producerId)
    view.setInt16(at + 8, entry.producerEpoch)
    view.setInt32(at + 10, batch?.lastSequence ?? none)
    writeInt64(view, at + 14, batch?.lastOffset ?? none)
    view.setInt32(at + 22, batch?.offsetDelta ?? 0)
    writeInt64(view, at + 26, entry.lastTimestamp)
    view.setInt32(at + 34, entry.coordinatorEpoch)
    writeInt64(view, at + 38, entry.transactionStartOffset)
  }
  view.setUint32(crcPosition, crc32c(bytes, crcEnd))
  return bytes
}

/** The entries of a snapshot; undefined when the bytes are not one (torn, damaged, of an unknown version): the log knows the same. */
export function decodeSnapshot(bytes: Uint8Array): ProducerEntry[] | undefined {
  if (bytes.length < headerSize) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = view.getInt32(crcEnd)
  if (view.getInt16(0) !== version || count < 0 || bytes.length !== headerSize + count * entrySize) return undefined
  if (view.getUint32(crcPosition) !== crc32c(bytes, crcEnd)) return undefined
  const entries: ProducerEntry[] = []
  for (let index = 0; index < count; index++) entries.push(decodeEntry(view, headerSize + index * entrySize))
  return entries
}

function decodeEntry(view: DataView, at: number): ProducerEntry {
  const entry = new ProducerEntry(readProducerId(view, at))
  entry.producerEpoch = view.getInt16(at + 8)
  entry.coordinatorEpoch = view.getInt32(at + 34)
  entry.transactionStartOffset = readInt64(view, at + 38)
  const lastSequence = view.getInt32(at + 10)
  const lastOffset = readInt64(view, at + 14)
  const offsetDelta = view.getInt32(at + 22)
  const timestamp = readInt64(view, at + 26)
  if (lastOffset >= 0) {
    entry.remember({
      baseSequence: subtractSequence(lastSequence, offsetDelta),
      lastSequence,
      lastOffset,
      offsetDelta,
      timestamp,
    })
  }
  entry.lastTimestamp = timestamp
  return entry
}

/** Sequences wrap from 2^31 - 1 to 0, so going back by `delta` is going on by 2^31 - delta. */
function subtractSequence(sequence: number, delta: number): number {
  return sequence >= delta ? sequence - delta : addSequence(sequence, 0x7fffffff - delta) + 1
}
