/**
 * Opens what is on the disk of one log.
 *
 * After a clean stop the files are believed: sizes, the end of the last segment, the producer snapshot there. After any other stop everything from
 * the recovery point on is verified batch by batch, indexes and producers are made anew from it, and the log ends before the first bad batch.
 */
import { randomBelow } from '@dorsale/base'
import type { BatchHeader } from '@dorsale/protocol'
import { CorruptFileError } from '../files/checkpoint.ts'
import { LogDirectoryError } from '../files/log-directory-error.ts'
import { fileSuffix, offsetOfFileName, segmentFileName } from '../files/names.ts'
import { partitionMetadataFile, syncPartitionMetadata } from '../files/partition-metadata.ts'
import { TransactionIndex } from '../index/transaction-index.ts'
import type { LogConfig } from '../log-config.ts'
import { ProducerState } from '../producer/producer-state.ts'
import { replayBatch, replaySegments } from '../producer/replay.ts'
import { ProducerSnapshots } from '../producer/snapshots.ts'
import { findBatch } from '../segment/batch-walk.ts'
import { run, runSync } from '../segment/file-walk.ts'
import { isOldFormat } from '../segment/old-format.ts'
import { rewriteSegment } from '../segment/rewrite-segment.ts'
import { scanSegment } from '../segment/scan-segment.ts'
import { Segment } from '../segment/segment.ts'
import { SegmentList } from '../segment/segment-list.ts'
import { LeaderEpochs } from './leader-epochs.ts'
import { settleLeftovers } from './leftovers.ts'
import type { LogWorld } from './log-world.ts'

/** Where a log lies, and by what settings. */
export interface LogPlace {
  readonly world: LogWorld
  /** The log's own directory. */
  readonly directory: string
  readonly config: () => LogConfig
}

export interface LoadOptions extends LogPlace {
  readonly closedCleanly: boolean
  /** From the checkpoint; 0 without one. */
  readonly logStartOffset: number
  /** From the checkpoint: everything below it is on the platter, and good. */
  readonly recoveryPoint: number
  /** What this log acknowledges must survive the death of the machine. */
  readonly survivesMachine: boolean
  /** No offset from here on may be missing between two segments: where one is, what is behind it was never on the platter as a whole. */
  readonly gaplessFrom: number
}

export interface LoadedLog {
  readonly segments: SegmentList
  /** What was recovered: its bytes were read from the page cache, and neither they nor its name may be on the platter. */
  readonly unsynced: readonly Segment[]
  readonly producers: ProducerState
  readonly snapshots: ProducerSnapshots
  readonly epochs: LeaderEpochs
  readonly logStartOffset: number
  readonly nextOffset: number
  readonly recoveryPoint: number
}

export async function loadLog(options: LoadOptions): Promise<LoadedLog> {
  return await new LogLoad(options).run()
}

/** A log without history. */
export function createLog(place: LogPlace): LoadedLog {
  const { disk, logger, producers } = place.world
  return {
    segments: new SegmentList([createSegment(place, 0)]),
    unsynced: [],
    producers: new ProducerState(producers),
    snapshots: new ProducerSnapshots({ disk, directory: place.directory, logger, names: [] }),
    epochs: new LeaderEpochs(),
    logStartOffset: 0,
    nextOffset: 0,
    recoveryPoint: 0,
  }
}

/** An empty segment, with its files, whose names end in `mark`. */
export function createSegment(place: LogPlace, baseOffset: number, mark = ''): Segment {
  return Segment.create({ ...segmentOptions(place, baseOffset), mark })
}

function segmentOptions(place: LogPlace, baseOffset: number) {
  const { world, config } = place
  const { segmentJitterMs, segmentMs } = config()
  const bound = Math.min(segmentJitterMs, segmentMs, 2 ** 32)
  const jitterMs = bound > 0 ? randomBelow(world.prng, bound) : 0
  return { ...place, baseOffset, createdMs: world.clock.now(), jitterMs }
}

class LogLoad {
  readonly #options: LoadOptions
  readonly #segments = new SegmentList()
  readonly #unsynced: Segment[] = []
  readonly #producers: ProducerState
  readonly #snapshots: ProducerSnapshots
  readonly #names: ReadonlySet<string>
  #epochs: LeaderEpochs
  #epochsLost = false
  /** Where the last segment ends, if it is believed. */
  #believedEnd = 0

  constructor(options: LoadOptions) {
    const { world, directory } = options
    const { disk, logger } = world
    this.#options = options
    this.#producers = new ProducerState(world.producers)
    const names = settleLeftovers({
      disk,
      logger,
      directory,
      endOffsetOf: (path, base) => this.#endOffsetOf(path, base),
    })
    this.#names = new Set(names)
    this.#snapshots = new ProducerSnapshots({ disk, directory, logger, names })
    this.#epochs = this.#readEpochs()
  }

  async run(): Promise<LoadedLog> {
    const { closedCleanly, recoveryPoint } = this.#options
    this.#openSegments()
    let logStartOffset = Math.max(
      this.#options.logStartOffset,
      this.#segments.length > 0 ? this.#segments.first.baseOffset : 0,
    )
    const firstDoubtful = this.#firstDoubtful()
    if (this.#epochsLost) await this.#findEpochs(firstDoubtful)
    await this.#restoreProducers(logStartOffset, firstDoubtful)
    let nextOffset = await this.#recover(firstDoubtful)

    if (nextOffset < logStartOffset || this.#segments.length === 0) {
      // Nothing is left of what the log may hold: it goes on, empty, where it was said to start.
      while (this.#segments.length > 0) this.#discard(this.#segments.pop())
      nextOffset = logStartOffset
      this.#epochs.clear()
      this.#snapshots.removeAll()
      this.#producers.load([], logStartOffset, this.#now)
      this.#segments.push(createSegment(this.#options, logStartOffset))
    }
    this.#segments.active.activate()
    logStartOffset = Math.max(logStartOffset, this.#segments.first.baseOffset)
    this.#epochs.truncateFromEnd(nextOffset)
    this.#epochs.truncateFromStart(logStartOffset)
    this.#snapshots.removeStrays(new Set([...this.#segments].map(segment => segment.baseOffset)))
    if (this.#options.survivesMachine && !closedCleanly) this.#syncNames()
    return {
      segments: this.#segments,
      unsynced: this.#unsynced.filter(segment => [...this.#segments].includes(segment)),
      producers: this.#producers,
      snapshots: this.#snapshots,
      epochs: this.#epochs,
      logStartOffset,
      nextOffset,
      recoveryPoint: closedCleanly ? nextOffset : Math.min(recoveryPoint, nextOffset),
    }
  }

  get #now(): number {
    return this.#options.world.clock.now()
  }

  #openSegments(): void {
    const { disk } = this.#options.world
    const baseOffsets = [...this.#names]
      .map(name => offsetOfFileName(name, fileSuffix.log))
      .filter(offset => offset !== undefined)
    baseOffsets.sort((left, right) => left - right)
    for (const baseOffset of baseOffsets) {
      const size = disk.statSync(this.#path(baseOffset, fileSuffix.log))?.size ?? 0
      this.#segments.push(
        new Segment({ ...segmentOptions(this.#options, baseOffset), size, nameIsDurable: this.#options.closedCleanly }),
      )
    }
    // An index whose log was removed first.
    const known = new Set(baseOffsets)
    for (const suffix of [fileSuffix.offsetIndex, fileSuffix.timeIndex, fileSuffix.transactionIndex]) {
      for (const name of this.#names) {
        const offset = offsetOfFileName(name, suffix)
        if (offset !== undefined && !known.has(offset)) disk.removeSync(this.#path(offset, suffix))
      }
    }
  }

  /** Index of the first segment that is not believed; the number of segments when all are. */
  #firstDoubtful(): number {
    const { closedCleanly, recoveryPoint } = this.#options
    const { length } = this.#segments
    const first = closedCleanly ? length : Math.max(this.#segments.floorIndex(recoveryPoint), 0)
    for (let index = 0; index < first; index++) {
      const segment = this.#segments.at(index)
      if (!this.#hasGoodFiles(segment)) return index
      if (index < length - 1) continue
      const { nextOffset, position } = segment.readEnd()
      if (position !== segment.size) return index
      this.#believedEnd = nextOffset
    }
    return first
  }

  #hasGoodFiles({ baseOffset }: Segment): boolean {
    const { disk } = this.#options.world
    if (!this.#names.has(segmentFileName(baseOffset, fileSuffix.offsetIndex))) return false
    if (!this.#names.has(segmentFileName(baseOffset, fileSuffix.transactionIndex))) return true
    const content = disk.readFileSync(this.#path(baseOffset, fileSuffix.transactionIndex))
    return TransactionIndex.parse(content, baseOffset) !== undefined
  }

  /**
   * The epochs of the segments that are believed, from their batches. Nothing but that is made anew: index files that were written again would not be on
   * the platter, and the next start, which goes by the same recovery point, would believe them.
   */
  async #findEpochs(firstDoubtful: number): Promise<void> {
    for (let index = 0; index < firstDoubtful; index++) {
      const segment = this.#segments.at(index)
      const note = (header: BatchHeader): boolean => {
        this.#noteEpoch(header)
        return false
      }
      await run(segment.file, findBatch(0, segment.size, note))
    }
  }

  #noteEpoch({ partitionLeaderEpoch, baseOffset }: BatchHeader): void {
    if (partitionLeaderEpoch > this.#epochs.latestEpoch) this.#epochs.assign(partitionLeaderEpoch, baseOffset)
  }

  /** Brings the producers up to the first doubtful segment, or to the end: from the last snapshot, then from the batches behind it. */
  async #restoreProducers(logStartOffset: number, firstDoubtful: number): Promise<void> {
    const isWhole = firstDoubtful === this.#segments.length
    const offsetMax = isWhole ? Number.MAX_SAFE_INTEGER : this.#segments.at(firstDoubtful).baseOffset
    const logBegin = this.#segments.length === 0 ? 0 : this.#segments.first.baseOffset
    this.#snapshots.restore(this.#producers, { logBegin, offsetMin: logStartOffset, offsetMax, now: this.#now })
    if (this.#segments.length === 0) return
    const endOffset = isWhole ? this.#believedEnd : offsetMax
    await replaySegments(this.#producers, this.#segments, endOffset, (path, reason) => {
      // It lies below the recovery point, so it was good once: what is behind it is not given up for it.
      this.#options.world.logger.error('a segment is damaged', { path, reason })
    })
  }

  /** Verifies the segments from `firstDoubtful` on and makes anew what follows from their batches. Answers where the log ends. */
  async #recover(firstDoubtful: number): Promise<number> {
    const { logger } = this.#options.world
    for (let index = firstDoubtful; index < this.#segments.length; index++) {
      const segment = this.#segments.at(index)
      if (index > firstDoubtful && this.#lacksRecordsBefore(segment)) {
        this.#discardFrom(index)
        break
      }
      const size = segment.size
      this.#producers.endOffset = segment.baseOffset
      this.#snapshots.take(this.#producers)
      segment.resetIndexes()
      segment.size = 0
      const bad = await scanSegment(segment, size, header => {
        segment.note(header)
        this.#noteEpoch(header)
        const completed = replayBatch(this.#producers, header)
        if (completed?.aborted) {
          const lastStableOffset = this.#producers.lastStableOffsetAfter(completed)
          const { producerId, firstOffset, lastOffset } = completed
          segment.noteAborted({ producerId, firstOffset, lastOffset, lastStableOffset })
        }
      })
      segment.writtenSize = segment.size
      if (bad !== undefined) {
        if (runSync(segment.file, isOldFormat(bad.position, size))) {
          throw new LogDirectoryError(
            `${segment.file.path} holds a message of a format from before Kafka 0.11, which Dorsale does not read: nothing was cut. Let Apache Kafka serve this directory.`,
          )
        }
        logger.warn('cut a torn log', { path: segment.file.path, ...bad, bytes: size - bad.position })
        segment.file.use(file => file.truncateSync(bad.position))
      }
      segment.seal()
      if (this.#options.survivesMachine) await rewriteSegment(segment.file, segment.size)
      this.#unsynced.push(segment)
      if (bad !== undefined) {
        this.#discardFrom(index + 1)
        break
      }
    }
    const isBelieved = firstDoubtful === this.#segments.length
    const nextOffset = isBelieved ? this.#believedEnd : this.#producers.endOffset
    this.#producers.endOffset = nextOffset
    this.#snapshots.removeAfter(nextOffset)
    return nextOffset
  }

  /** A segment is made before the bytes of the one in front of it are written: a death in between leaves its name without them. */
  #lacksRecordsBefore({ baseOffset, file }: Segment): boolean {
    const endOffset = this.#producers.endOffset
    const isLacking = baseOffset > Math.max(endOffset, this.#options.gaplessFrom)
    if (isLacking) this.#options.world.logger.warn('cut a log at a gap', { path: file.path, endOffset, baseOffset })
    return isLacking
  }

  #discardFrom(index: number): void {
    while (this.#segments.length > index) this.#discard(this.#segments.pop())
  }

  /**
   * The life before may have died between making a segment and syncing its name, and what was recovered is shown from now on: its bytes on the platter, under a
   * name that is not, would be gone with the machine.
   */
  #syncNames(): void {
    const { world, directory } = this.#options
    if (this.#names.has(partitionMetadataFile)) syncPartitionMetadata(world.disk, directory)
    world.disk.syncDirectorySync(directory)
  }

  /** Removes a segment that nothing may read any more. */
  #discard(segment: Segment): void {
    const { disk, logger } = this.#options.world
    logger.warn('removed a segment behind the end of its log', { path: segment.file.path })
    segment.close()
    for (const path of segment.markDeleted()) disk.removeSync(path)
    this.#snapshots.remove(segment.baseOffset)
  }

  #path(baseOffset: number, suffix: string): string {
    return `${this.#options.directory}/${segmentFileName(baseOffset, suffix)}`
  }

  /** A checkpoint that cannot be read is made anew from the batches. */
  #readEpochs(): LeaderEpochs {
    const { world, directory } = this.#options
    try {
      return LeaderEpochs.read(world.disk, directory)
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error
      world.logger.warn('making damaged leader epochs anew', { reason: error.message })
      this.#epochsLost = true
      const epochs = new LeaderEpochs()
      epochs.changed = true
      return epochs
    }
  }

  #endOffsetOf(path: string, baseOffset: number): number {
    const file = this.#options.world.pool.file(path)
    const size = this.#options.world.disk.statSync(path)?.size ?? 0
    let endOffset = baseOffset
    runSync(
      file,
      findBatch(0, size, header => {
        endOffset = header.nextOffset
        return false
      }),
    )
    file.close()
    return endOffset
  }
}
