/** How many times each key was counted; keys that count nothing are not kept. */
export class Tally {
  readonly #counts: Map<string, number>

  constructor(counts: Iterable<readonly [string, number]> = []) {
    this.#counts = new Map(counts)
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  get(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  add(key: string, difference: number): void {
    const count = this.get(key) + difference
    if (count <= 0) this.#counts.delete(key)
    else this.#counts.set(key, count)
  }

  copy(): Tally {
    return new Tally(this.#counts)
  }

  /** The key that was counted most; of several the first. */
  get most(): string | undefined {
    let winner: [string, number] | undefined
    for (const entry of this.#counts) if (winner === undefined || entry[1] > winner[1]) winner = entry
    return winner?.[0]
  }
}
