import type { Segment } from '../segment/segment.ts'

/** Readers that a log remembers. More than read one partition at a time, as a rule. */
const hintCount = 16

interface Hint {
  readonly offset: number
  readonly segment: Segment
  readonly position: number
}

/**
 * Where the next reads will start: a consumer asks for what lies behind what it was given. Without a hint a read looks into the index
 * and walks up to an index interval of batches, and with batches larger than that it reads one in vain.
 */
export class ReadHints {
  readonly #hints: (Hint | undefined)[] = new Array(hintCount).fill(undefined)
  #next = 0

  note(offset: number, segment: Segment, position: number): void {
    const hint = { offset, segment, position }
    const known = this.#hints.findIndex(each => each?.offset === offset)
    if (known >= 0) this.#hints[known] = hint
    else {
      this.#hints[this.#next] = hint
      this.#next = (this.#next + 1) % hintCount
    }
  }

  positionOf(offset: number, segment: Segment): number | undefined {
    for (const hint of this.#hints) if (hint?.offset === offset && hint.segment === segment) return hint.position
    return undefined
  }

  /** The log was cut. */
  clear(): void {
    this.#hints.fill(undefined)
  }
}
