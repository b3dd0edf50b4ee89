import { assert } from '@dorsale/base'
import type { Segment } from './segment.ts'

/** The segments of a log in the order of their base offsets; never empty but while a log is loaded. */
export class SegmentList {
  /** How often segments were replaced. */
  replacements = 0
  readonly #segments: Segment[]

  constructor(segments: Segment[] = []) {
    this.#segments = segments
  }

  get length(): number {
    return this.#segments.length
  }
  get first(): Segment {
    return this.at(0)
  }
  /** The one that is appended to. */
  get active(): Segment {
    return this.at(this.#segments.length - 1)
  }
  get sizeInBytes(): number {
    let size = 0
    for (const segment of this.#segments) size += segment.size
    return size
  }

  at(index: number): Segment {
    const segment = this.#segments[index]
    assert(segment !== undefined, 'a log has the segment')
    return segment
  }

  /** Index of the segment that would hold `offset`; -1 when all start behind it. */
  floorIndex(offset: number): number {
    const segments = this.#segments
    let low = 0
    let high = segments.length - 1
    // Readers and the writer are mostly in the last one.
    if (high >= 0 && (segments[high] as Segment).baseOffset <= offset) return high
    while (low <= high) {
      const middle = (low + high) >>> 1
      if ((segments[middle] as Segment).baseOffset <= offset) low = middle + 1
      else high = middle - 1
    }
    return high
  }

  /** The segment that would hold `offset`. */
  floor(offset: number): Segment | undefined {
    return this.#segments[this.floorIndex(offset)]
  }

  /** The segment that follows, which may have been taken out itself. */
  after(segment: Segment): Segment | undefined {
    return this.#segments[this.floorIndex(segment.baseOffset) + 1]
  }

  push(segment: Segment): void {
    assert(this.length === 0 || segment.baseOffset > this.active.baseOffset, 'segments are opened in order')
    this.#segments.push(segment)
  }

  pop(): Segment {
    const segment = this.active
    this.#segments.pop()
    return segment
  }

  /** Takes the oldest `count` out. */
  takeFirst(count: number): Segment[] {
    return this.#segments.splice(0, count)
  }

  /** Puts one segment in the place of several that follow one another. */
  replace(replaced: readonly Segment[], segment: Segment): void {
    const index = this.#segments.indexOf(replaced[0] as Segment)
    assert(index >= 0 && this.#segments[index + replaced.length - 1] === replaced.at(-1), 'what is replaced is there')
    this.#segments.splice(index, replaced.length, segment)
    this.replacements++
  }

  /** The segments that hold offsets of [from, to), whether or not they still do. */
  range(from: number, to: number): Segment[] {
    if (to <= from) return []
    return this.#segments.slice(Math.max(this.floorIndex(from), 0)).filter(segment => segment.baseOffset < to)
  }

  [Symbol.iterator](): IterableIterator<Segment> {
    return this.#segments[Symbol.iterator]()
  }
}
