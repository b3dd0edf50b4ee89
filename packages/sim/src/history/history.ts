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
      transaction?: string | undefined
    }
  /** Records were read, in this order. A process reads on from where it was, unless a `seek` stands between. */
  | { kind: 'poll'; process: string; reads: readonly Read[]; transaction?: string | undefined }
  /** From here the process reads from other places: an assignment, a seek, a restart. */
  | { kind: 'seek'; process: string }
  | { kind: 'transaction'; transaction: string; outcome: 'committed' | 'aborted' | 'unknown' }

export interface Read {
  partition: string
  offset: number
  value: string
}

export interface JudgeOptions {
  /** Every record was read to its end by somebody after the last send: then what was acknowledged and not read is lost, not late. */
  readToEnd?: boolean
  /** Sends may be repeated after an unknown outcome: duplicates are expected (plain producers that retry). */
  duplicatesAllowed?: boolean
  /** Acknowledgements promise nothing (acks=0): nothing can be lost. */
  lossAllowed?: boolean
  /** First offset that is still kept, by partition: what lies before was deleted on purpose. */
  logStart?: ReadonlyMap<string, number>
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
  | 'cycle'

/** Something that a history shows and a log must not do. */
export interface Finding {
  kind: FindingKind
  text: string
}
