/** Commits what a consumer has resolved. */

import { DorsaleError } from '@dorsale/base'
import { Committer, type Generation, type GroupMetrics, nameOf } from '@dorsale/client/parts'
import { type ErrorCode, errorCodes, ProtocolError } from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import { consumerEvents, type Emitter } from '../events.ts'
import { asKafkaJSError, protocolError } from '../failures.ts'
import type { OffsetsByTopicPartition, TopicPartitionOffsetAndMetadata } from '../types.ts'
import type { Group } from './group.ts'
import type { HeldPartition } from './held-partition.ts'

export interface OffsetCommitsOptions {
  readonly connection: Connection
  readonly emitter: Emitter
  readonly groupId: string
  readonly group: Group
  readonly metrics: GroupMetrics
  readonly held: ReadonlyMap<string, HeldPartition>
  /** Milliseconds; null: no interval. */
  readonly interval: number | null
  /** Messages; null: no threshold. */
  readonly threshold: number | null
}

export class OffsetCommits {
  readonly #options: OffsetCommitsOptions
  readonly #committer: Committer
  readonly #timeoutMs: number
  #lastMs: number

  constructor(options: OffsetCommitsOptions) {
    this.#options = options
    const { connection, group, groupId } = options
    const { requestTimeout = 30_000 } = connection.options.config
    const { initialRetryTime: initialMs, maxRetryTime: maxMs } = connection.options.patience
    this.#timeoutMs = requestTimeout
    this.#lastMs = connection.clock.monotonic()
    this.#committer = new Committer({
      world: connection.world,
      cluster: connection.cluster,
      metrics: options.metrics,
      retryBackoff: { initialMs, maxMs },
      requestTimeoutMs: requestTimeout,
      member: () => ({ groupId, groupInstanceId: null, ...group.member }),
      holding: name => options.held.get(name),
      onRefused: (errorCode: ErrorCode, member) => {
        const { generation } = group.membership
        const isCurrent = generation.generationId === member.generationId && generation.memberId === member.memberId
        if (isCurrent) group.membership.heed(errorCode, generation)
      },
    })
  }

  get uncommitted(): OffsetsByTopicPartition {
    return byTopic([...this.#options.held.values()].flatMap(each => each.uncommitted ?? []))
  }

  /** Whether the interval is over, or the threshold reached. */
  get isDue(): boolean {
    const { connection, interval, threshold, held } = this.#options
    if (interval !== null && connection.clock.monotonic() >= this.#lastMs + interval) return true
    if (threshold === null) return false
    let count = 0
    for (const each of held.values()) count += each.uncommittedCount
    return count >= threshold
  }

  /** Commits these, or all that is resolved and not committed. Rejects with kafkajs's errors. */
  async commit(offsets: readonly TopicPartitionOffsetAndMetadata[] = this.#open()): Promise<void> {
    const { connection, emitter, groupId, group, held } = this.#options
    this.#lastMs = connection.clock.monotonic()
    if (offsets.length === 0) return
    const wanted = offsets.map(({ topic, partition, offset, metadata }) => ({
      topic,
      partition: Number(partition),
      offset: Number(offset),
      leaderEpoch: -1,
      metadata: metadata ?? '',
    }))
    let member: Generation
    try {
      member = group.member
      await this.#committer.commit(wanted, { timeoutMs: this.#timeoutMs })
    } catch (error) {
      throw commitError(error)
    }
    for (const each of wanted) held.get(nameOf(each))?.noteCommitted(each.offset)
    const { memberId, generationId: groupGenerationId } = member
    emitter.emit(consumerEvents.COMMIT_OFFSETS, { groupId, memberId, groupGenerationId, ...byTopic(offsets) })
  }

  /** What is under way fails. */
  stop(): void {
    this.#committer.stop()
  }

  #open(): TopicPartitionOffsetAndMetadata[] {
    return [...this.#options.held.values()].flatMap(each => each.uncommitted ?? [])
  }
}

function byTopic(offsets: readonly TopicPartitionOffsetAndMetadata[]): OffsetsByTopicPartition {
  const topics = Map.groupBy(offsets, ({ topic }) => topic)
  return {
    topics: [...topics].map(([topic, group]) => ({
      topic,
      // The number of a partition is text here, though kafkajs's types say otherwise: applications have come to rely on it.
      partitions: group.map(({ topic: _, partition, ...rest }) => ({
        partition: String(partition) as unknown as number,
        ...rest,
      })),
    })),
  }
}

/** A member that has fallen out of its group: in the coordinator's words, so far as it said any. */
function commitError(error: unknown): Error {
  if (error instanceof DorsaleError && error.code === 'DORSALE_COMMIT_FAILED') {
    const { cause } = error
    return cause instanceof ProtocolError ? asKafkaJSError(cause) : protocolError(errorCodes.UNKNOWN_MEMBER_ID)
  }
  return asKafkaJSError(error)
}
