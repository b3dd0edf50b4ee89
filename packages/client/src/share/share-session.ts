import { type AcknowledgementGroup, acknowledgementBatches } from './acknowledgement.ts'

/** A partition as a session knows it. */
export interface SharedPartition {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
}

interface Row {
  partitionIndex: number
  acknowledgementBatches: ReturnType<typeof acknowledgementBatches>
}

/** The part of a request that the session decides. */
export interface ShareSessionRequest {
  readonly shareSessionEpoch: number
  readonly topics: { topicId: string; partitions: Row[] }[]
  readonly forgottenTopicsData: { topicId: string; partitions: number[] }[]
}

const epochMax = 0x7fffffff
const closing = -1

/**
 * The client's side of a share session with one broker (KIP-932): the broker remembers the partitions, and each request, to fetch or to acknowledge, has the next epoch. So one
 * is under way at a time.
 */
export class ShareSession {
  /** 0: the next request begins a session. */
  #epoch = 0
  #known = new Map<string, SharedPartition>()

  get isNew(): boolean {
    return this.#epoch === 0
  }

  /** A request that fetches from these partitions, and acknowledges besides. */
  fetch(wanted: readonly SharedPartition[], groups: readonly AcknowledgementGroup[]): ShareSessionRequest {
    const now = new Map(wanted.map(partition => [keyOf(partition), partition]))
    const added = wanted.filter(partition => !this.#known.has(keyOf(partition)))
    const forgotten = [...this.#known].filter(([key]) => !now.has(key)).map(([, partition]) => partition)
    this.#known = now
    return {
      shareSessionEpoch: this.#epoch,
      topics: rowsOf(added, groups),
      forgottenTopicsData: byTopic(forgotten, ({ partition }) => partition),
    }
  }

  /** A request that acknowledges alone; `closes`: the last. */
  acknowledge(
    groups: readonly AcknowledgementGroup[],
    { closes }: { closes: boolean },
  ): Omit<ShareSessionRequest, 'forgottenTopicsData'> {
    return { shareSessionEpoch: closes ? closing : this.#epoch, topics: rowsOf([], groups) }
  }

  /** The broker has answered. */
  accept(): void {
    this.#epoch = this.#epoch === epochMax ? 1 : this.#epoch + 1
  }

  /** The session is lost, or unknown to have been kept: the next request begins one. */
  reset(): void {
    this.#epoch = 0
    this.#known.clear()
  }
}

function rowsOf(added: readonly SharedPartition[], groups: readonly AcknowledgementGroup[]) {
  const acknowledged = Map.groupBy(groups, keyOf)
  const partitions = new Map<string, SharedPartition>()
  for (const each of [...added, ...groups]) partitions.set(keyOf(each), each)
  return byTopic([...partitions.values()], each => ({
    partitionIndex: each.partition,
    acknowledgementBatches: acknowledgementBatches(acknowledged.get(keyOf(each)) ?? []),
  }))
}

export function keyOf({ topicId, partition }: Pick<SharedPartition, 'topicId' | 'partition'>): string {
  return `${topicId} ${partition}`
}

function byTopic<T>(partitions: readonly SharedPartition[], map: (partition: SharedPartition) => T) {
  return [...Map.groupBy(partitions, ({ topicId }) => topicId)].map(([topicId, group]) => ({
    topicId,
    partitions: group.map(map),
  }))
}
