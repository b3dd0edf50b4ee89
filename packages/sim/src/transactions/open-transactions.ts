/** A record of a transaction that nobody has decided. */
export interface OpenRecord {
  partition: string
  offset: number
  /** Virtual time from which on its coordinator may abort it by itself. */
  untilMs: number
  isDecided: boolean
}

/** Records that are known to be in transactions that are known to be open: until one of them is decided, the last stable offset stays before it. */
export class OpenTransactions {
  #records: OpenRecord[] = []
  readonly #isClockTrue: () => boolean

  /** `isClockTrue`: the broker's clock has not jumped. One that has may end any transaction. */
  constructor(isClockTrue: () => boolean) {
    this.#isClockTrue = isClockTrue
  }

  add(record: Omit<OpenRecord, 'isDecided'>): OpenRecord {
    const open = { ...record, isDecided: false }
    this.#records.push(open)
    return open
  }

  /** From now on they may be decided: somebody is about to ask for it. */
  decide(records: readonly OpenRecord[]): void {
    for (const record of records) record.isDecided = true
    this.#records = this.#records.filter(({ isDecided }) => !isDecided)
  }

  openAt(nowMs: number): OpenRecord[] {
    if (!this.#isClockTrue()) return []
    return this.#records.filter(({ isDecided, untilMs }) => !isDecided && nowMs < untilMs)
  }
}
