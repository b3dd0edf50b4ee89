/**
 * `.timeindex`: the greatest timestamp met in a segment up to an offset.
 *
 * ```
 *   0  timestamp       int64   greatest so far; ascending
 *   8  relativeOffset  uint32  last offset of the batch that has it, minus the segment's base offset; not descending
 * ```
 *
 * A closed segment's last entry is its greatest timestamp, which is what retention goes by.
 */
import { assert } from '@dorsale/base'
import { readInt64, writeInt64 } from '@dorsale/protocol'
import { EntryTable } from './entry-table.ts'

export const timeEntrySize = 12

/** No batch so far has a timestamp. */
export const noTimestamp = -1

export class TimeIndex {
  readonly baseOffset: number
  readonly #table: EntryTable

  constructor(baseOffset: number, bytesMax: number, content: Uint8Array = new Uint8Array(0)) {
    this.baseOffset = baseOffset
    this.#table = new EntryTable(timeEntrySize, bytesMax, content)
  }

  get count(): number {
    return this.#table.count
  }
  /** One slot is kept for the entry that closing the segment writes. */
  get isFull(): boolean {
    return this.#table.count >= this.#table.countMax - 1
  }
  /** The file's content: a view, true until the next change. */
  get content(): Uint8Array {
    return this.#table.content
  }
  get lastTimestamp(): number {
    return this.count === 0 ? noTimestamp : this.timestampAt(this.count - 1)
  }
  get lastOffset(): number {
    return this.count === 0 ? this.baseOffset : this.offsetAt(this.count - 1)
  }

  timestampAt = (index: number): number => readInt64(this.#table.view, index * timeEntrySize)
  offsetAt = (index: number): number => this.baseOffset + this.#table.view.getUint32(index * timeEntrySize + 8)

  /** Notes the greatest timestamp so far and where it was; nothing happens unless it is greater than the last entry's. */
  note(timestamp: number, offset: number): void {
    if (timestamp <= this.lastTimestamp) return
    assert(this.count === 0 || offset >= this.lastOffset, 'offsets of a time index do not descend')
    assert(this.count < this.#table.countMax, 'a time index has room for the entry')
    const at = this.#table.grow()
    writeInt64(this.#table.view, at, timestamp)
    this.#table.view.setUint32(at + 8, offset - this.baseOffset)
  }

  /** An offset from which a walk meets the first batch whose greatest timestamp reaches `timestamp`. */
  offsetFor(timestamp: number): number {
    const index = this.#table.floor(timestamp, this.timestampAt)
    return index < 0 ? this.baseOffset : this.offsetAt(index)
  }

  /** Forgets the entries that point to `offset` or behind it. */
  truncateTo(offset: number): void {
    this.#table.count = this.#table.floor(offset - 1, this.offsetAt) + 1
  }

  /** Why the content cannot be that of a time index, or undefined. */
  fault(): string | undefined {
    for (let index = 1; index < this.count; index++) {
      if (this.timestampAt(index) <= this.timestampAt(index - 1)) return 'is not ascending'
      if (this.offsetAt(index) < this.offsetAt(index - 1)) return 'is not ascending'
    }
    return undefined
  }
}
