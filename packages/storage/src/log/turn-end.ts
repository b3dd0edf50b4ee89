import { type Clock, Queue } from '@dorsale/base'

/** Something to do once when the events of this turn have been handled. */
export interface TurnTask {
  /** Must not throw. */
  run(): void
}

/** Gathers the work of a turn: however many logs were appended to, the clock is asked once. */
export class TurnEnd {
  readonly #clock: Clock
  readonly #tasks = new Queue<TurnTask>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The caller sees to it that a task is added once per turn. */
  add(task: TurnTask): void {
    this.#tasks.push(task)
    if (this.#tasks.length === 1) this.#clock.defer(() => this.#run())
  }

  #run(): void {
    // What is added meanwhile belongs to the next turn.
    let count = this.#tasks.length
    while (count-- > 0) (this.#tasks.shift() as TurnTask).run()
    if (this.#tasks.length > 0) this.#clock.defer(() => this.#run())
  }
}
