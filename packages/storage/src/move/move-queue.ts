/** Moves between directories, some at a time, in the order in which they were asked for: Kafka's threads copy one replica each. */
import type { ReplicaMove } from './replica-move.ts'

export class MoveQueue {
  readonly #concurrency: number
  readonly #waiting: ReplicaMove[] = []
  readonly #running = new Map<ReplicaMove, Promise<void>>()

  constructor(concurrency: number) {
    this.#concurrency = concurrency
  }

  add(move: ReplicaMove): void {
    this.#waiting.push(move)
    this.#startNext()
  }

  /** Takes a move out that is to end. */
  cancel(move: ReplicaMove): void {
    move.cancel()
    const index = this.#waiting.indexOf(move)
    if (index >= 0) this.#waiting.splice(index, 1)
  }

  /** Ends all of them; resolves when none is under way. */
  async close(): Promise<void> {
    for (const move of [...this.#waiting, ...this.#running.keys()]) this.cancel(move)
    await Promise.all(this.#running.values())
  }

  #startNext(): void {
    while (this.#running.size < this.#concurrency) {
      const move = this.#waiting.shift()
      if (move === undefined) return
      const run = move.run().finally(() => {
        this.#running.delete(move)
        this.#startNext()
      })
      this.#running.set(move, run)
    }
  }
}
