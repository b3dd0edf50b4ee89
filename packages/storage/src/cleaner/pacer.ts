/** Keeps a pass of compaction from being in anybody's way: bounded pieces of work on the event loop, bounded bytes per second on the disk. */
import { type Clock, sleep } from '@dorsale/base'
import type { Compaction } from '../log/compaction.ts'

/** Records looked at before the world is let in: half a millisecond, or one. */
const recordsPerTurn = 512
/** The longest wait after which a pass looks whether it is to give up. */
const waitMsMax = 100

export class Pacer {
  readonly #clock: Clock
  readonly #bytesPerSecond: number
  readonly #compaction: Compaction
  readonly #startMs: number
  #recordCount = 0
  #bytes = 0

  constructor(options: { clock: Clock; bytesPerSecond: number; compaction: Compaction }) {
    this.#clock = options.clock
    this.#bytesPerSecond = options.bytesPerSecond
    this.#compaction = options.compaction
    this.#startMs = options.clock.monotonic()
  }

  /** Counts a record; answers whether it is time for `turn`. */
  countRecord(): boolean {
    return ++this.#recordCount % recordsPerTurn === 0
  }

  /** Lets everybody else have a turn. Throws a `CompactionAborted` when the pass is to give up. */
  async turn(): Promise<void> {
    await new Promise<void>(resolve => this.#clock.defer(resolve))
    this.#compaction.check()
  }

  /** Accounts for bytes read or written, and waits when there were too many for the time that has passed. */
  async spend(bytes: number): Promise<void> {
    this.#compaction.check()
    this.#bytes += bytes
    for (;;) {
      const dueMs = this.#startMs + (this.#bytes / this.#bytesPerSecond) * 1000
      const aheadMs = dueMs - this.#clock.monotonic()
      if (aheadMs <= 0) return
      await sleep(this.#clock, Math.min(aheadMs, waitMsMax))
      this.#compaction.check()
    }
  }
}
