/** The answer for one thing that a call named: its value, or why there is none. */
export type Outcome<Key, Value> =
  | { readonly key: Key; readonly value: Value; readonly error: undefined }
  /** `error`: a `ProtocolError` with the broker's own sentence, or a `DorsaleError` when no broker answered in time. */
  | { readonly key: Key; readonly value: undefined; readonly error: Error }

/**
 * A call about several things at once, of which some may fail. Awaited, it gives all values, in the order of the question, or throws the first error, so that no
 * refusal goes unseen; `outcomes()` gives each thing's own.
 *
 *     await admin.createTopics(topics)
 *     for (const { key, error } of await admin.createTopics(topics).outcomes()) ...
 */
export class Itemized<Key, Value, Whole = Value[]> implements Promise<Whole> {
  readonly [Symbol.toStringTag] = 'Itemized'
  readonly #outcomes: Promise<Outcome<Key, Value>[]>
  readonly #whole: (values: Value[]) => Whole

  constructor(outcomes: Promise<Outcome<Key, Value>[]>, whole: (values: Value[]) => Whole) {
    this.#outcomes = outcomes
    this.#whole = whole
  }

  /** What became of each thing, in the order of the question. Rejects when the client is closed, and when it cannot be found out what to ask about. */
  outcomes(): Promise<Outcome<Key, Value>[]> {
    return this.#outcomes
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaited is what it is for.
  then<Done = Whole, Failed = never>(
    onDone?: ((whole: Whole) => Done | PromiseLike<Done>) | null,
    onFailed?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    return this.#outcomes.then(outcomes => this.#whole(outcomes.map(settled))).then(onDone, onFailed)
  }

  catch<Failed = never>(onFailed: (reason: unknown) => Failed | PromiseLike<Failed>): Promise<Whole | Failed> {
    return this.then(undefined, onFailed)
  }

  finally(onEnd: () => void): Promise<Whole> {
    return this.then(undefined, undefined).finally(onEnd)
  }
}

function settled<Key, Value>(outcome: Outcome<Key, Value>): Value {
  if (outcome.error !== undefined) throw outcome.error
  return outcome.value
}
