import { DorsaleError } from '@dorsale/base'
import { FetchedChunk } from '../consumer/fetched-chunk.ts'
import type { ConsumerRecord } from '../consumer/record-chunk.ts'
import type { SharedPartition } from './share-session.ts'

/** A record of a share group. */
export interface ShareRecord<K = Uint8Array, V = Uint8Array> extends ConsumerRecord<K, V> {
  /** How often the record has been handed to a member of the group, this time included. */
  readonly deliveryCount: number
}

/** Offsets that this member holds, first and last included. */
export interface AcquiredRange {
  readonly firstOffset: number
  readonly lastOffset: number
  readonly deliveryCount: number
}

export interface AcquiredChunkOptions {
  readonly of: SharedPartition
  readonly bytes: Uint8Array
  /** In the order of their offsets; at least one. */
  readonly ranges: readonly AcquiredRange[]
  readonly checkCrcs: boolean
}

/** More offsets than one answer has records, gaps of compaction included: no broker says so that is in its senses. */
const offsetCountMax = 1_000_000

/**
 * What one answer brought of one partition for this member alone: the records that it has acquired. Batches come whole, so there may be others among them, and offsets that were acquired may have no
 * record (compaction, markers of transactions): those are gaps, to be acknowledged as such.
 */
export class AcquiredChunk {
  readonly of: SharedPartition
  readonly topic: string
  readonly partition: number
  readonly highWatermark = -1
  readonly ranges: readonly AcquiredRange[]
  readonly fetchOffset: number
  readonly nextOffset: number
  readonly lastEpoch: number
  readonly #fetched: FetchedChunk

  /** Throws `DORSALE_DAMAGED` when the bytes are no batches, or the ranges none. */
  constructor({ of, bytes, ranges, checkCrcs }: AcquiredChunkOptions) {
    checkRanges(of, ranges)
    this.of = of
    this.topic = of.topic
    this.partition = of.partition
    this.ranges = ranges
    this.fetchOffset = (ranges[0] as AcquiredRange).firstOffset
    this.nextOffset = (ranges.at(-1) as AcquiredRange).lastOffset + 1
    this.#fetched = new FetchedChunk({
      topic: of.topic,
      partition: of.partition,
      bytes,
      fetchOffset: this.fetchOffset,
      abortedTransactions: undefined,
      checkCrcs,
      highWatermark: -1,
    })
    this.lastEpoch = this.#fetched.lastEpoch
  }

  /** Every offset that was acquired. */
  *offsets(): Generator<number> {
    for (const { firstOffset, lastOffset } of this.ranges) {
      for (let offset = firstOffset; offset <= lastOffset; offset++) yield offset
    }
  }

  /** From an offset on. */
  cursor(fromOffset = 0): { next(): ShareRecord | undefined } {
    const { ranges } = this
    const records = this.#fetched.cursor()
    let index = 0
    return {
      next() {
        for (let record = records.next(); record !== undefined; record = records.next()) {
          const { offset } = record
          while (index < ranges.length && (ranges[index] as AcquiredRange).lastOffset < offset) index++
          const range = ranges[index]
          if (range === undefined) return undefined
          if (offset >= Math.max(range.firstOffset, fromOffset))
            return { ...record, deliveryCount: range.deliveryCount }
        }
        return undefined
      },
    }
  }
}

function checkRanges({ topic, partition }: SharedPartition, ranges: readonly AcquiredRange[]): void {
  let count = 0
  let nextOffset = 0
  for (const { firstOffset, lastOffset } of ranges) {
    count += lastOffset - firstOffset + 1
    if (firstOffset < nextOffset || lastOffset < firstOffset || count > offsetCountMax) {
      const text = `${topic}-${partition}: the broker says that offsets ${firstOffset} to ${lastOffset} were acquired, which cannot be`
      throw new DorsaleError('DORSALE_DAMAGED', text)
    }
    nextOffset = lastOffset + 1
  }
}
