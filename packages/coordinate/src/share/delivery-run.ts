/** States of a record in a share partition, by Kafka's numbers (KIP-932); 3 is on the way to a dead-letter topic (KIP-1191). */
export const deliveryStates = { available: 0, acquired: 1, acknowledged: 2, archiving: 3, archived: 4 } as const

export type DeliveryState = (typeof deliveryStates)[keyof typeof deliveryStates]

/**
 * ```
 *   available ---> acquired ---> acknowledged   the consumer accepted it
 *       ^             |   |
 *       |   released, |   +----> archived       rejected, not there, or delivered too often
 *       +-- timed out +
 * ```
 */
export function isTerminal(state: DeliveryState): boolean {
  return state !== deliveryStates.available && state !== deliveryStates.acquired
}

/** Offsets, both included. */
export interface OffsetRange {
  readonly firstOffset: number
  readonly lastOffset: number
}

/** What was acquired together. Its records may go different ways afterwards; throttling counts by the size of the whole. */
export interface DeliveryBatch extends OffsetRange {
  /** Nobody has had any of it: its records are acquired as new ones are. */
  readonly isFresh: boolean
}

/** Neighbouring records of one batch that are in the same state for the same reason. */
export interface DeliveryRun {
  firstOffset: number
  lastOffset: number
  readonly batch: DeliveryBatch
  state: DeliveryState
  deliveryCount: number
  /** Who has acquired it; '': nobody. */
  memberId: string
  /** When it is taken from its member, on the monotonic clock. */
  lockedUntilMs: number
  /** A change that is being written down: until that is settled nobody may touch the run. */
  pending: PendingChange | undefined
}

/** How a run was before a change that may have to be taken back. */
export interface PendingChange {
  /** Of the change: that of all runs that are written down together. */
  readonly id: object
  readonly state: DeliveryState
  readonly memberId: string
}

/** The records in flight: runs in the order of their offsets, without holes. */
export class DeliveryRuns {
  #runs: DeliveryRun[] = []

  get isEmpty(): boolean {
    return this.#runs.length === 0
  }

  get first(): DeliveryRun | undefined {
    return this.#runs[0]
  }

  get last(): DeliveryRun | undefined {
    return this.#runs.at(-1)
  }

  [Symbol.iterator](): Iterator<DeliveryRun> {
    return this.#runs[Symbol.iterator]()
  }

  append(run: DeliveryRun): void {
    this.#runs.push(run)
  }

  /** The runs of a range of offsets, cut so that they do not reach beyond it. */
  within({ firstOffset, lastOffset }: OffsetRange): DeliveryRun[] {
    if (lastOffset < firstOffset) return []
    const from = this.#cut(firstOffset)
    const to = this.#cut(lastOffset + 1)
    return this.#runs.slice(from, to)
  }

  /** Puts others in the place of a run; they cover the same offsets. */
  replace(run: DeliveryRun, others: readonly DeliveryRun[]): void {
    this.#runs.splice(this.#indexAt(run.firstOffset), 1, ...others)
  }

  /** Forgets what is before an offset. */
  dropBefore(offset: number): void {
    this.#runs.splice(0, this.#cut(offset))
  }

  /** Cuts the run that an offset is in, in front of it; answers the index of the run that begins there. */
  #cut(offset: number): number {
    const index = this.#indexAt(offset)
    const run = this.#runs[index]
    if (run === undefined || run.firstOffset >= offset) return index
    this.#runs.splice(index + 1, 0, { ...run, firstOffset: offset })
    run.lastOffset = offset - 1
    return index + 1
  }

  /** Of the run that an offset is in, or of the first behind it. */
  #indexAt(offset: number): number {
    let low = 0
    let high = this.#runs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#runs[middle]!.lastOffset < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
