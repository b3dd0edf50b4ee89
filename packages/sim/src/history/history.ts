/**
 * What the clients of a log saw, as data: the history that `analyses.ts` judges. Values are unique within a history, so that each
 * one names the send it came from. The analyses are those of Jepsen's Kafka workload.
 */
export type HistoryEvent =
  /** A value was sent. `ok`: acknowledged, at `offset` (undefined where the acknowledgement has none); `fail`: refused, not written; `unknown`: no answer. */
  | {
      kind: 'send'
      process: string
      partition: string
      value: string
      outcome: 'ok' | 'fail' | 'unknown'
      offset?: number | undefined
      /** Of the record, where compaction keeps the last of each key. */
      key?: string
      /** The record deletes its key, and may itself go later. */
      isTombstone?: boolean
      /** Of the record, where look-ups by time are judged. */
      timestamp?: number
      transaction?: string | undefined
    }
  /** Records were read, in this order. A process reads on from where it was, unless a `seek` stands between. */
  | { kind: 'poll'; process: string; reads: readonly Read[]; transaction?: string | undefined }
  /** From here the process reads from other places: an assignment, a seek, a restart. */
  | { kind: 'seek'; process: string }
  /** From now on what lies before `offset` may be gone on purpose: retention, or a deletion that was asked for. */
  | { kind: 'log start'; partition: string; offset: number }
  /**
   * The first offset whose record has at least this timestamp was asked for, when the history was `askedAt` events long, and this was the
   * answer; undefined: none.
   */
  | {
      kind: 'lookup'
      process: string
      partition: string
      timestamp: number
      found: { offset: number; timestamp: number } | undefined
      askedAt: number
    }
  | { kind: 'transaction'; transaction: string; outcome: 'committed' | 'aborted' | 'unknown' }

export interface Read {
  partition: string
  offset: number
  value: string
}

export interface JudgeOptions {
  /** Every record was read to its end by somebody after the last send: then what was acknowledged and not read is lost, not late. */
  readToEnd?: boolean
  /** Who read everything at the end, last of all: whatever anybody knew to be there must be among it. */
  lastReader?: string
  /** Sends may be repeated after an unknown outcome: duplicates are expected (plain producers that retry). */
  duplicatesAllowed?: boolean
  /** Acknowledgements promise nothing (acks=0): nothing can be lost. */
  lossAllowed?: boolean
}

export type FindingKind =
  | 'lost write'
  | 'aborted read'
  | 'invented value'
  | 'inconsistent offsets'
  | 'duplicate'
  | 'non-monotonic poll'
  | 'poll skip'
  | 'non-monotonic send'
  | 'torn transaction'
  | 'wrong look-up'
  | 'cycle'

/** Something that a history shows and a log must not do. */
export interface Finding {
  kind: FindingKind
  text: string
}
