import { noTopicId } from '../metadata/metadata-cache.ts'

/** A partition as a fetch asks for it. */
export interface WantedPartition {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly fetchOffset: number
  readonly currentLeaderEpoch: number
  /** -1: not known. */
  readonly lastFetchedEpoch: number
  readonly partitionMaxBytes: number
}

/** The part of a fetch request that the session decides. */
export interface SessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly topics: { topic: string; topicId: string; partitions: WantedPartition[] }[]
  readonly forgottenTopicsData: { topic: string; topicId: string; partitions: number[] }[]
}

const epochMax = 0x7fffffff

/**
 * The client's side of a fetch session (KIP-227): the broker remembers what was asked for, and only what changes is said again. Partitions that are
 * not wanted leave the session, since the broker answers for all that it holds.
 */
export class FetchSession {
  #id = 0
  /** 0: the next request begins a session. */
  #epoch = 0
  #known = new Map<string, WantedPartition>()

  /** The next request. One is under way at a time: `accept` or `reset` comes before the next. */
  next(wanted: readonly WantedPartition[]): SessionRequest {
    const isFull = this.#epoch === 0
    const now = new Map(wanted.map(partition => [keyOf(partition), partition]))
    const changed = isFull ? wanted : wanted.filter(partition => !isSame(this.#known.get(keyOf(partition)), partition))
    const forgotten = isFull ? [] : [...this.#known].filter(([key]) => !now.has(key)).map(([, partition]) => partition)
    this.#known = now
    return {
      sessionId: this.#id,
      sessionEpoch: this.#epoch,
      topics: byTopic(changed, partition => partition),
      forgottenTopicsData: byTopic(forgotten, ({ partition }) => partition),
    }
  }

  /** The broker has answered; `sessionId` 0: it holds no session. */
  accept(sessionId: number): void {
    if (sessionId === 0) this.reset()
    else {
      this.#id = sessionId
      this.#epoch = this.#epoch === epochMax ? 1 : this.#epoch + 1
    }
  }

  /** The session is lost, or unknown to have been kept: the next request begins one, in place of the old if the broker still holds it. */
  reset(sessionId = 0): void {
    this.#id = sessionId
    this.#epoch = 0
    this.#known.clear()
  }
}

function keyOf({ topic, topicId, partition }: WantedPartition): string {
  return `${topicId === noTopicId ? topic : topicId}\0${partition}`
}

function isSame(one: WantedPartition | undefined, other: WantedPartition): boolean {
  return (
    one !== undefined &&
    one.fetchOffset === other.fetchOffset &&
    one.currentLeaderEpoch === other.currentLeaderEpoch &&
    one.lastFetchedEpoch === other.lastFetchedEpoch &&
    one.partitionMaxBytes === other.partitionMaxBytes
  )
}

function byTopic<T>(partitions: readonly WantedPartition[], map: (partition: WantedPartition) => T) {
  const groups = Map.groupBy(partitions, ({ topic, topicId }) => `${topic}\0${topicId}`)
  return [...groups.values()].map(group => {
    const { topic, topicId } = group[0]!
    return { topic, topicId, partitions: group.map(map) }
  })
}
