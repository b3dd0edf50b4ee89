import { majorityOffset } from '../voters.ts'

/**
 * Appends, and knows how far each voter holds the log on its disk. The high watermark is the offset that a majority holds, once that includes
 * a record of this leader's own epoch (Raft, section 5.4.2): records of former epochs are committed by what follows them.
 */
export interface Leader {
  readonly kind: 'leader'
  readonly epoch: number
  /** Offset of the leader-change batch, the first of the epoch. */
  readonly epochStartOffset: number
  /** Synced end offset by voter id. */
  readonly endOffsets: Map<number, number>
  highWatermark: number
}

export function leader(epoch: number, epochStartOffset: number, voterIds: readonly number[]): Leader {
  return {
    kind: 'leader',
    epoch,
    epochStartOffset,
    endOffsets: new Map(voterIds.map(id => [id, 0])),
    highWatermark: -1,
  }
}

/** Notes how far a voter holds the log. True when the high watermark moved. */
export function acknowledge(role: Leader, voterId: number, endOffset: number): boolean {
  role.endOffsets.set(voterId, endOffset)
  const held = majorityOffset([...role.endOffsets.values()])
  if (held <= role.epochStartOffset || held <= role.highWatermark) return false
  role.highWatermark = held
  return true
}
