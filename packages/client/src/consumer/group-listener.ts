import type { TopicPartition } from './offset-lookup.ts'

/**
 * Hears of what a group gives and takes. Called while the application asks for more and holds nothing; a promise holds the change up, and heartbeats go on meanwhile,
 * for `max.poll.interval.ms` at most. What one of these throws is thrown to whoever asks for the next records.
 */
export interface RebalanceListener {
  /** About to be given up. What was handled is committed before this with `enable.auto.commit`; else it can be committed here. */
  revoked?(partitions: readonly TopicPartition[]): Promise<void> | void
  /** Taken over; nothing is fetched before this is done, so it may seek. Called at the end of each rebalance, with what is new. */
  assigned?(partitions: readonly TopicPartition[]): Promise<void> | void
  /** Gone, and others may have them already: nothing can be committed any more. Default: `revoked`, as in Kafka. */
  lost?(partitions: readonly TopicPartition[]): Promise<void> | void
}

/** Who commits, as the coordinator knows it; for `sendOffsetsToTransaction` of a producer too. */
export interface GroupMetadata {
  readonly groupId: string
  /** Of a classic group; the member's epoch under the consumer protocol; -1: no member. */
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId: string | null
}
