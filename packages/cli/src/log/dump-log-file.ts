/** A segment, or a snapshot of the metadata log, line by line as `kafka-dump-log` prints it. */
import { basename } from 'node:path'
import {
  addSequence,
  type BatchHeader,
  codecs,
  DecodeError,
  endTxnMarker,
  InvalidRecordsError,
  isBatchIntact,
  kRaftVersionRecord,
  leaderChangeMessage,
  type MessageTable,
  RecordReader,
  snapshotFooterRecord,
  snapshotHeaderRecord,
  timestampTypes,
  votersRecord,
} from '@dorsale/protocol'
import { messageText } from '../kafka/internal-topics.ts'
import { fileBatches } from './batch-window.ts'
import type { RecordDecoder } from './record-decoders.ts'

export interface DumpLogOptions {
  /** Undefined: payloads are not printed. */
  readonly decoder: RecordDecoder | undefined
  /** Whether records are printed, and not batches alone. */
  readonly isDeep: boolean
  readonly skipsMetadata: boolean
  readonly bytesMax: number
  /** Told of offsets that do not follow each other. */
  onGap(last: number, next: number): void
}

export function* dumpLogFile(path: string, options: DumpLogOptions): Generator<string> {
  yield* title(path)
  const { bytesMax } = options
  const batches = fileBatches(path, { bytesMax })
  let lastOffset = -1
  for (;;) {
    const step = batches.next()
    if (step.done === true) {
      if (step.value > 0 && bytesMax === Number.POSITIVE_INFINITY)
        yield `Found ${step.value} invalid bytes at the end of ${basename(path)}`
      return
    }
    const { header, position } = step.value
    yield batchLine(header, position)
    if (!options.isDeep) continue
    try {
      const reader = new RecordReader(header)
      while (reader.next()) {
        if (lastOffset >= 0 && reader.offset !== lastOffset + 1) options.onGap(lastOffset, reader.offset)
        lastOffset = reader.offset
        yield recordLine(reader, header, options)
      }
    } catch (error) {
      if (!(error instanceof DecodeError || error instanceof InvalidRecordsError)) throw error
      yield `| damaged: ${error.message}`
    }
  }
}

function* title(path: string): Generator<string> {
  const name = basename(path)
  const [offset = ''] = name.split('.')
  const snapshot = /^(\d+)-(\d+)\.checkpoint$/.exec(name)
  if (name.endsWith('.log')) yield `Log starting offset: ${Number(offset)}`
  else if (name === 'bootstrap.checkpoint') yield 'KRaft bootstrap snapshot'
  else if (snapshot !== null) yield `Snapshot end offset: ${Number(snapshot[1])}, epoch: ${Number(snapshot[2])}`
}

function batchLine(header: BatchHeader, position: number): string {
  const horizon = header.hasDeleteHorizon ? `OptionalLong[${header.baseTimestamp}]` : 'OptionalLong.empty'
  const { batchBytes } = header
  return [
    `baseOffset: ${header.baseOffset} lastOffset: ${header.lastOffset} count: ${header.recordCount}`,
    `baseSequence: ${header.baseSequence} lastSequence: ${header.lastSequence}`,
    `producerId: ${header.producerId} producerEpoch: ${header.producerEpoch} partitionLeaderEpoch: ${header.partitionLeaderEpoch}`,
    `isTransactional: ${header.isTransactional} isControl: ${header.isControl} deleteHorizonMs: ${horizon}`,
    `position: ${position} ${timestampName(header)}: ${header.maxTimestamp} size: ${header.sizeInBytes} magic: ${header.magic}`,
    `compresscodec: ${codecName(header.codecId)} crc: ${header.crc >>> 0} isvalid: ${isBatchIntact(batchBytes, 0)}`,
  ].join(' ')
}

function recordLine(reader: RecordReader, header: BatchHeader, options: DumpLogOptions): string {
  const { key, value } = reader
  const parts = ['|']
  if (!options.skipsMetadata) {
    const sequence = header.baseSequence < 0 ? -1 : addSequence(header.baseSequence, reader.offset - header.baseOffset)
    const headers = reader.headers.map(each => each.key)
    parts.push(
      `offset: ${reader.offset} ${timestampName(header)}: ${reader.timestamp} keySize: ${key?.length ?? -1} valueSize: ${value?.length ?? -1}`,
      `sequence: ${sequence} headerKeys: [${headers.join(',')}]`,
    )
    if (header.isControl) parts.push(controlText(key, value))
  }
  if (options.decoder !== undefined && !header.isControl) {
    const decoded = options.decoder({ key, value })
    if (decoded.key !== undefined) parts.push(`key: ${decoded.key}`)
    if (decoded.payload !== undefined) parts.push(`payload: ${decoded.payload}`)
  }
  return parts.join(' ')
}

function codecName(id: number): string {
  return Object.entries(codecs).find(([, codec]) => codec.id === id)?.[0] ?? 'none'
}

function timestampName(header: BatchHeader): string {
  return header.timestampType === timestampTypes.createTime ? 'CreateTime' : 'LogAppendTime'
}

/** By the type in the key of a control record. */
const controlTables: ReadonlyMap<number, { title: string; table: MessageTable }> = new Map([
  [2, { title: 'LeaderChange:', table: leaderChangeMessage }],
  [3, { title: 'SnapshotHeader', table: snapshotHeaderRecord }],
  [4, { title: 'SnapshotFooter', table: snapshotFooterRecord }],
  [5, { title: 'KRaftVersion', table: kRaftVersionRecord }],
  [6, { title: 'KRaftVoters', table: votersRecord }],
])

function controlText(key: Uint8Array | null, value: Uint8Array | null): string {
  if (key === null || key.length < 4 || value === null || value.length < 2) return 'controlType: UNKNOWN'
  const type = Buffer.from(key).readInt16BE(2)
  const version = Buffer.from(value).readInt16BE(0)
  if (type === 0 || type === 1) {
    const text = messageText(endTxnMarker, version, value.subarray(2))
    const epoch = text === undefined ? '?' : JSON.parse(text).coordinatorEpoch
    return `endTxnMarker: ${type === 0 ? 'ABORT' : 'COMMIT'} coordinatorEpoch: ${epoch}`
  }
  const control = controlTables.get(type)
  if (control === undefined) return `controlType: UNKNOWN(${type})`
  // These say their version inside, too.
  return `${control.title} ${messageText(control.table, version, value) ?? '{}'}`
}
