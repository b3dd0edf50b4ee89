import { DorsaleError } from '@dorsale/base'

/** Whether a process lives, and what the kernel frees when it does not. */
export class Life {
  #isAlive = true
  readonly #releases = new Set<() => void>()

  get isAlive(): boolean {
    return this.#isAlive
  }

  /** `release` is called at death, unless what this answers was called before. */
  hold(release: () => void): () => void {
    this.#releases.add(release)
    return () => void this.#releases.delete(release)
  }

  /** Idempotent. */
  end(): void {
    this.#isAlive = false
    const releases = [...this.#releases]
    this.#releases.clear()
    for (const release of releases) release()
  }

  /** For calls that answer at once: after death there is nobody to answer. It cuts short what a microtask of the dead still runs. */
  assertAlive(): void {
    if (!this.#isAlive) throw new DorsaleError('DORSALE_KILLED', 'the broker was killed')
  }

  /** Settles as `promise` does, or never once the process is dead; `tooLate` gets what then came. */
  settled<Value>(promise: Promise<Value>, tooLate?: (value: Value) => void): Promise<Value> {
    return new Promise((resolve, reject) => {
      promise.then(
        value => (this.#isAlive ? resolve(value) : tooLate?.(value)),
        error => this.#isAlive && reject(error),
      )
    })
  }
}
