/**
 * A pass of compaction over a log, as the log sees it. At most one is under way; it works beside everything else that happens, and the log holds
 * it against what does not go together: while it lasts retention takes nothing away, and whoever cuts the log waits until it has given up.
 */

/** A pass was told to give up: the log is being cut, closed or deleted, or the broker stops. Nothing is wrong. */
export class CompactionAborted extends Error {
  override readonly name = 'CompactionAborted'
}

export class Compaction {
  /** Resolves when the pass is over, one way or the other. */
  readonly ended: Promise<void>
  #isAborted = false
  #resolve: () => void = () => {}

  constructor() {
    this.ended = new Promise(resolve => {
      this.#resolve = resolve
    })
  }

  get isAborted(): boolean {
    return this.#isAborted
  }

  /** Tells the pass to give up at the next `check`. */
  abort(): void {
    this.#isAborted = true
  }

  /** Called after every wait: throws if the pass is to give up. */
  check(): void {
    if (this.#isAborted) throw new CompactionAborted('the compaction of a log was given up')
  }

  end(): void {
    this.#resolve()
  }
}
