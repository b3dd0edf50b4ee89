/** What the clients of one `Kafka` tell each other: a transaction has committed offsets that a consumer of the same process need not commit again. */
import type { TopicOffsets } from './types.ts'

type Listener = (topics: readonly TopicOffsets[]) => void

export class GroupNews {
  readonly #listeners = new Map<string, Set<Listener>>()

  /** Answers what ends it. */
  listen(groupId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(groupId) ?? new Set()
    this.#listeners.set(groupId, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  committed(groupId: string, topics: readonly TopicOffsets[]): void {
    for (const listener of this.#listeners.get(groupId) ?? []) listener(topics)
  }
}
