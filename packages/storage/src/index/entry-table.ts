/**
 * Fixed-size entries in the form they have in their file: an index in memory is its file's bytes, with room to grow. An active
 * segment's index grows here and is written when the segment is rolled or closed; a death before that costs a rebuild, which recovery
 * does anyway.
 */
import { assert } from '@dorsale/base'

/** Entries for which room is made at first; most segments of most topics never need more. */
const firstCapacity = 16

export class EntryTable {
  readonly entrySize: number
  /** Entries the file may hold. */
  readonly countMax: number
  count: number
  view: DataView
  #bytes: Uint8Array

  /** `content` is a file's whole content and becomes the table's own. */
  constructor(entrySize: number, bytesMax: number, content: Uint8Array) {
    assert(content.length % entrySize === 0, 'an index holds whole entries')
    this.entrySize = entrySize
    this.countMax = Math.floor(bytesMax / entrySize)
    this.count = content.length / entrySize
    this.#bytes = content
    this.view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  }

  /** What the file holds: a view, true until the next change. */
  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.count * this.entrySize)
  }

  /** Makes room for one more entry and answers its position. */
  grow(): number {
    const position = this.count * this.entrySize
    if (position + this.entrySize > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.entrySize * firstCapacity))
      bytes.set(this.#bytes)
      this.#bytes = bytes
      this.view = new DataView(bytes.buffer)
    }
    this.count++
    return position
  }

  /**
   * Index of the last entry whose key is not above `target`, given that keys ascend; -1 if all are above.
   */
  floor(target: number, keyAt: (index: number) => number): number {
    let low = 0
    let high = this.count - 1
    // The tail is where readers are: most searches end at the last entry.
    if (high >= 0 && keyAt(high) <= target) return high
    while (low <= high) {
      const middle = (low + high) >>> 1
      if (keyAt(middle) <= target) low = middle + 1
      else high = middle - 1
    }
    return high
  }
}
