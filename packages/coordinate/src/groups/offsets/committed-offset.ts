import { type OffsetCommitValue, zeroUuid } from '@dorsale/protocol'

/** An offset that a group has committed. */
export interface CommittedOffset {
  readonly offset: number
  /** Of the last record consumed; -1 unknown. */
  readonly leaderEpoch: number
  /** What the consumer wrote beside it. */
  readonly metadata: string
  readonly commitTimestampMs: number
  /** -1, or when an old client asked for it to be forgotten. */
  readonly expireTimestampMs: number
  /** The zero id when the commit named the topic by name before Kafka knew ids, or came from a release that did not write it. */
  readonly topicId: string
  /** Where the record stands in its log: of two commits the later one counts, also when it was in a transaction. */
  readonly recordOffset: number
}

export function committedOffsetOf(value: OffsetCommitValue, recordOffset: number): CommittedOffset {
  return {
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestampMs: value.commitTimestamp,
    expireTimestampMs: value.expireTimestamp,
    topicId: value.topicId,
    recordOffset,
  }
}

/** Whether two ids may be of one topic: one that is not known may be of any. */
export function mayBeSameTopic(a: string, b: string): boolean {
  return a === b || a === zeroUuid || b === zeroUuid
}
