/**
 * `.index`: where in a segment's file a batch starts, one entry for every `index.interval.bytes` of records.
 *
 * ```
 *   0  relativeOffset  uint32  last offset of the batch, minus the segment's base offset; ascending
 *   4  position        uint32  of the batch's first byte
 * ```
 */
import { assert } from '@dorsale/base'
import { EntryTable } from './entry-table.ts'

export const offsetEntrySize = 8

export class OffsetIndex {
  readonly baseOffset: number
  readonly #table: EntryTable

  constructor(baseOffset: number, bytesMax: number, content: Uint8Array = new Uint8Array(0)) {
    this.baseOffset = baseOffset
    this.#table = new EntryTable(offsetEntrySize, bytesMax, content)
  }

  get count(): number {
    return this.#table.count
  }
  get isFull(): boolean {
    return this.#table.count >= this.#table.countMax
  }
  /** The file's content: a view, true until the next change. */
  get content(): Uint8Array {
    return this.#table.content
  }
  /** Offset of the last entry, or the base offset. */
  get lastOffset(): number {
    return this.count === 0 ? this.baseOffset : this.offsetAt(this.count - 1)
  }
  /** Position of the last entry, or 0. */
  get lastPosition(): number {
    return this.count === 0 ? 0 : this.positionAt(this.count - 1)
  }

  offsetAt = (index: number): number => this.baseOffset + this.#table.view.getUint32(index * offsetEntrySize)

  positionAt(index: number): number {
    return this.#table.view.getUint32(index * offsetEntrySize + 4)
  }

  append(offset: number, position: number): void {
    assert(this.count === 0 || offset > this.lastOffset, 'offsets of an index ascend')
    const at = this.#table.grow()
    this.#table.view.setUint32(at, offset - this.baseOffset)
    this.#table.view.setUint32(at + 4, position)
  }

  /** A position from which a walk meets the batch that holds `offset`. */
  positionFor(offset: number): number {
    const index = this.#table.floor(offset, this.offsetAt)
    return index < 0 ? 0 : this.positionAt(index)
  }

  /** Forgets the entries of batches that hold `offset` or lie behind it. */
  truncateTo(offset: number): void {
    this.#table.count = this.#table.floor(offset - 1, this.offsetAt) + 1
  }

  /** Why the content cannot be that of a file of `logBytes`, or undefined. */
  fault(logBytes: number): string | undefined {
    if (this.count === 0) return undefined
    if (this.lastOffset < this.offsetAt(0) || this.lastPosition >= logBytes) return 'points past the end of its log'
    for (let index = 1; index < this.count; index++) {
      if (this.offsetAt(index) <= this.offsetAt(index - 1) || this.positionAt(index) <= this.positionAt(index - 1)) {
        return 'is not ascending'
      }
    }
    return undefined
  }
}
