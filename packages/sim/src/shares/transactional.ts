import type { HistoryEvent } from '../history/history.ts'

/** What became of values that were written in transactions. */
export class Transactional {
  readonly #outcomes = new Map<string, 'committed' | 'aborted' | 'unknown'>()

  constructor(history: readonly HistoryEvent[]) {
    const outcomes = new Map(
      history.flatMap(event => (event.kind === 'transaction' ? [[event.transaction, event.outcome] as const] : [])),
    )
    for (const event of history) {
      if (event.kind !== 'send' || event.transaction === undefined) continue
      this.#outcomes.set(event.value, outcomes.get(event.transaction) ?? 'unknown')
    }
  }

  /** Whether a value was written in a transaction at all. */
  has(value: string): boolean {
    return this.#outcomes.has(value)
  }

  isAborted(value: string): boolean {
    return this.#outcomes.get(value) === 'aborted'
  }

  /** Whether those who read what is committed must see it. */
  isVisible(value: string): boolean {
    return (this.#outcomes.get(value) ?? 'committed') === 'committed'
  }
}
