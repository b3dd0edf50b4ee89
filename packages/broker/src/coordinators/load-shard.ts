import type { Clock, Logger } from '@dorsale/base'
import type { CoordinatorSerde, CoordinatorShard } from '@dorsale/coordinate'
import { BatchCursor, type BatchHeader, DecodeError, RecordReader } from '@dorsale/protocol'
import type { PartitionLog } from '@dorsale/storage'

export interface LoadOptions<Record> {
  readonly clock: Clock
  readonly logger: Logger
  readonly serde: CoordinatorSerde<Record>
  readonly log: PartitionLog
  readonly shard: CoordinatorShard<Record>
  /** Bytes to read at a time. */
  readonly readBytes: number
  /** Asked between two pieces of work: the partition is not ours any more. */
  isCancelled(): boolean
}

/** What a load came to. */
export interface Loaded {
  readonly recordCount: number
  readonly byteCount: number
}

/**
 * Replays the whole log of a partition on a fresh shard. Every so many records the rest of the broker has its turn (D6). Rejects when a record cannot
 * be read; a kind of record that this release does not know is passed over, as Kafka does.
 */
export async function loadShard<Record>(options: LoadOptions<Record>): Promise<Loaded> {
  const { log, shard, clock } = options
  const end = log.logEndOffset
  const unknownKinds = new Set<number>()
  let recordCount = 0
  let byteCount = 0
  let sinceTurn = 0
  for (let offset = log.logStartOffset; offset < end && !options.isCancelled(); ) {
    const read = await log.read({ offset, maxBytes: options.readBytes, minOneBatch: true, upperBound: end })
    // Compaction may have left nothing up to the end.
    if (read.endOffset === offset) break
    const cursor = new BatchCursor(read.records)
    while (cursor.next()) {
      const { header } = cursor
      if (header.lastOffset < offset) continue
      if (header.isControl) replayMarker(shard, header)
      else replayBatch(options, header, unknownKinds)
      recordCount += header.recordCount
      sinceTurn += header.recordCount
      if (sinceTurn < recordsPerTurn) continue
      sinceTurn = 0
      await new Promise<void>(resolve => clock.defer(resolve))
      if (options.isCancelled()) break
    }
    byteCount += read.records.length
    offset = read.endOffset
  }
  if (unknownKinds.size > 0) {
    options.logger.warn('records of a kind that this release does not know were passed over', {
      topic: log.topic,
      partition: log.partition,
      kinds: [...unknownKinds],
    })
  }
  return { recordCount, byteCount }
}

/** About a millisecond of work. */
const recordsPerTurn = 1000

function replayBatch<Record>(
  { serde, shard }: LoadOptions<Record>,
  header: BatchHeader,
  unknownKinds: Set<number>,
): void {
  const producerId = header.isTransactional ? BigInt(header.producerId) : -1n
  const { producerEpoch } = header
  const reader = new RecordReader(header)
  while (reader.next()) {
    const key = reader.key
    if (key === null) throw new DecodeError(`the record at offset ${reader.offset} has no key`)
    const record = serde.decode(key, reader.value)
    if (record === undefined) {
      unknownKinds.add(key.length < 2 ? -1 : new DataView(key.buffer, key.byteOffset).getInt16(0))
      continue
    }
    shard.replay(record, { producerId, producerEpoch, offset: reader.offset, timestampMs: reader.timestamp })
  }
}

/** The end of a transaction: `int16 version | int16 kind`, kind 0 abort, 1 commit. Other control records are not a coordinator's business. */
function replayMarker<Record>(shard: CoordinatorShard<Record>, header: BatchHeader): void {
  if (!header.isTransactional) return
  const reader = new RecordReader(header)
  if (!reader.next() || reader.key === null || reader.key.length < 4) return
  const kind = new DataView(reader.key.buffer, reader.key.byteOffset).getInt16(2)
  if (kind === 0 || kind === 1) shard.endTransaction(BigInt(header.producerId), kind === 1)
}
