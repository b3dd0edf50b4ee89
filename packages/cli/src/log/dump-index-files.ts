/** The files beside a segment, line by line as `kafka-dump-log` prints them, and whether they agree with it. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { crc32c, DorsaleError } from '@dorsale/base'
import { abortedTxn, decodeMessage, producerSnapshot } from '@dorsale/protocol'
import { fileBatches } from './batch-window.ts'

/** Told of what does not agree. */
export type OnMismatch = (kind: 'offset' | 'timestamp' | 'order' | 'missing', found: number, expected: number) => void

export interface IndexOptions {
  /** Entries are checked against the segment and not printed. */
  readonly isSilent: boolean
  /** Only whether the file is whole. */
  readonly isSanityOnly: boolean
  readonly onMismatch: OnMismatch
}

const offsetEntryBytes = 8
const timeEntryBytes = 12

/** Entries of `.index`: an offset, relative to the segment's, and a position. */
export function* dumpOffsetIndex(path: string, options: IndexOptions): Generator<string> {
  const entries = offsetEntries(path)
  if (entries.length === 0) {
    yield `${path} is empty.`
    return
  }
  if (options.isSanityOnly) {
    yield* sanity(path, entries.at(-1)?.offset ?? 0, offsetEntryBytes)
    return
  }
  const log = logBeside(path)
  for (const [index, { offset, position }] of entries.entries()) {
    // The rest of a file that was made larger than it needs to be.
    if (index > 0 && offset === baseOffset(path)) return
    const [batch] = log === undefined ? [] : fileBatches(log, { start: position })
    const last = batch?.header.lastOffset
    if (last !== undefined && last !== offset) options.onMismatch('offset', offset, last)
    if (!options.isSilent) yield `offset: ${offset} position: ${position}`
  }
}

/** Entries of `.timeindex`: a timestamp, and the last offset of the batch that holds it. */
export function* dumpTimeIndex(path: string, options: IndexOptions): Generator<string> {
  const bytes = readFileSync(path)
  const base = baseOffset(path)
  const count = Math.floor(bytes.length / timeEntryBytes)
  if (options.isSanityOnly) {
    const last = count === 0 ? base : base + bytes.readUInt32BE((count - 1) * timeEntryBytes + 8)
    yield* sanity(path, last, timeEntryBytes)
    return
  }
  const log = logBeside(path)
  const indexPath = path.replace(/\.timeindex$/, '.index')
  const positions = existsSync(indexPath) ? offsetEntries(indexPath) : []
  let before = -1
  for (let index = 0; index < count; index++) {
    const at = index * timeEntryBytes
    const timestamp = Number(bytes.readBigInt64BE(at))
    const offset = base + bytes.readUInt32BE(at + 8)
    if (index > 0 && offset === base) return
    const start = positions.findLast(entry => entry.offset <= offset && entry.position > 0)?.position ?? 0
    if (log !== undefined) check(log, { start, timestamp, offset, before }, options.onMismatch)
    if (!options.isSilent) yield `timestamp: ${timestamp} offset: ${offset}`
    before = timestamp
  }
}

function check(
  log: string,
  { start, timestamp, offset, before }: { start: number; timestamp: number; offset: number; before: number },
  onMismatch: OnMismatch,
): void {
  let lastOffset = -1
  for (const { header } of fileBatches(log, { start })) {
    if (header.lastOffset < offset) continue
    lastOffset = header.lastOffset
    if (lastOffset === offset) {
      if (header.maxTimestamp !== timestamp) onMismatch('timestamp', timestamp, header.maxTimestamp)
      if (before >= timestamp) onMismatch('order', timestamp, before)
    }
    break
  }
  if (lastOffset !== offset) onMismatch('missing', offset, lastOffset)
}

/** Entries of `.txnindex`: transactions that were aborted. */
export function* dumpTransactionIndex(path: string): Generator<string> {
  const bytes = readFileSync(path)
  const entryBytes = 34
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    const version = bytes.readInt16BE(at)
    const entry = decodeMessage(abortedTxn, version, bytes.subarray(at + 2, at + entryBytes))
    yield `version: ${version} producerId: ${entry.producerId} firstOffset: ${entry.firstOffset} lastOffset: ${entry.lastOffset} lastStableOffset: ${entry.lastStableOffset}`
  }
}

/** Entries of `.snapshot`: what the partition remembers of its producers. Throws a `DorsaleError` when its checksum is wrong. */
export function* dumpProducerSnapshot(path: string): Generator<string> {
  const bytes = readFileSync(path)
  const crcEnd = 6
  if (bytes.length < crcEnd) throw damaged(path, 'it is too short')
  if (crc32c(bytes.subarray(crcEnd)) !== bytes.readUInt32BE(2)) throw damaged(path, 'its checksum is wrong')
  const snapshot = decodeMessage(producerSnapshot, bytes.readInt16BE(0), bytes.subarray(2))
  for (const entry of snapshot.producerEntries) {
    const head = `producerId: ${entry.producerId} producerEpoch: ${entry.epoch} coordinatorEpoch: ${entry.coordinatorEpoch} currentTxnFirstOffset: ${entry.currentTxnFirstOffset < 0 ? 'OptionalLong.empty' : `OptionalLong[${entry.currentTxnFirstOffset}]`} lastTimestamp: ${entry.timestamp}`
    const { lastSequence, offsetDelta, lastOffset, timestamp } = entry
    const batch = `firstSequence: ${lastSequence - offsetDelta} lastSequence: ${lastSequence} lastOffset: ${lastOffset} offsetDelta: ${offsetDelta} timestamp: ${timestamp}`
    yield lastOffset < 0 ? head : `${head} ${batch}`
  }
}

function offsetEntries(path: string): { offset: number; position: number }[] {
  const bytes = readFileSync(path)
  const base = baseOffset(path)
  const entries = []
  for (let at = 0; at + offsetEntryBytes <= bytes.length; at += offsetEntryBytes)
    entries.push({ offset: base + bytes.readUInt32BE(at), position: bytes.readUInt32BE(at + 4) })
  return entries
}

function* sanity(path: string, lastOffset: number, entryBytes: number): Generator<string> {
  const { length } = readFileSync(path)
  if (length % entryBytes !== 0) throw damaged(path, `its size, ${length}, is no multiple of ${entryBytes}`)
  if (lastOffset < baseOffset(path)) throw damaged(path, `its last offset, ${lastOffset}, is before its first`)
  yield `${path} passed sanity check.`
}

/** The number in the name. */
function baseOffset(path: string): number {
  return Number(basename(path).split('.')[0])
}

function logBeside(path: string): string | undefined {
  const log = join(dirname(path), `${basename(path).split('.')[0]}.log`)
  return existsSync(log) ? log : undefined
}

function damaged(path: string, why: string): DorsaleError {
  return new DorsaleError('DORSALE_DAMAGED', `${path} is damaged: ${why}`)
}
