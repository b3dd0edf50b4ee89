import type { OffsetReset } from '../config/offset-reset.ts'
import type { GroupOffset } from './committed-offsets.ts'
import type { FetchedChunk } from './fetched-chunk.ts'

/** Where a partition is to begin when it has no position: the policy, or a place that was sought. */
export type PendingReset = Exclude<OffsetReset, 'none'> | { readonly timestamp: number }

/** One assigned partition: where it stands, and what has been fetched of it and not handed out. */
export class AssignedPartition {
  readonly topic: string
  readonly partition: number
  /** Offset of the next record for the application; undefined until it is known. */
  position: number | undefined
  /** Behind what has been handed out: ahead of `position` while the application reads a chunk record by record. */
  fetchOffset: number | undefined
  /** Leader epoch of the record before `fetchOffset`; -1: not known. */
  lastEpoch = -1
  /** The leader's epoch in which the place was last found to be in the log; only asked for where Fetch does not tell. */
  checkedEpoch = -1
  /** To be found out before anything is fetched. */
  reset: PendingReset | undefined
  /** Where it begins when nothing says where, and after an offset that is not there; undefined: as the consumer's policy says. */
  policy: OffsetReset | undefined
  isPaused = false
  /** Just taken over, and the application has not heard of it yet: nothing is fetched. */
  isHeld = false
  /** What the group has committed is to be asked for before `auto.offset.reset` decides. */
  needsCommitted = true
  /** Where the group goes on when this consumer ends: what comes before has been handled, so far as asking for more says so; undefined: not known. */
  handledOffset: number | undefined
  /** Leader epoch of the record before `handledOffset`; -1: not known. */
  handledEpoch = -1
  /** What the group has committed, so far as it is known here. */
  committedOffset: number | undefined
  buffered: FetchedChunk | undefined
  /** What comes behind `buffered`, and was fetched before that was handed out. */
  ahead: FetchedChunk | undefined
  /** Nothing is fetched ahead any more until what is buffered has been handed out: what came instead of records is to be heard of when it is the next thing. */
  isAtHurdle = false
  /** Changes with every seek and pause: what was asked for before is not wanted any more. */
  generation = 0
  isUnderWay = false
  /** After an error: not before this time. */
  notBeforeMs = 0
  failures = 0
  /** A replica nearby that the leader named, and until when that counts. */
  preferred: { readonly nodeId: number; readonly untilMs: number } | undefined
  /** -1: not known yet. */
  highWatermark = -1
  /** Behind the last record that is decided; -1: not known. */
  lastStableOffset = -1
  /** Of the first record that is there; -1: not known yet. */
  logStartOffset = -1

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  /** Where the next fetch begins, behind what is buffered, and the leader epoch of the record before that. */
  get next(): { readonly offset: number | undefined; readonly epoch: number } {
    const { buffered } = this
    return buffered === undefined
      ? { offset: this.fetchOffset, epoch: this.lastEpoch }
      : { offset: buffered.nextOffset, epoch: buffered.lastEpoch }
  }

  /** What was buffered has been handed out. */
  onTaken(): void {
    this.buffered = this.ahead
    this.ahead = undefined
    this.isAtHurdle = false
  }

  /** The application has come back from what it was handed, up to here. */
  noteHandled(offset: number, leaderEpoch: number): void {
    this.handledOffset = offset
    this.handledEpoch = leaderEpoch
  }

  /** The application has committed up to here itself, which says that it has handled what comes before: an automatic commit must not go back behind it. */
  noteCommitted({ offset, leaderEpoch }: GroupOffset): void {
    if (this.handledOffset === undefined || this.handledOffset < offset) this.noteHandled(offset, leaderEpoch)
  }

  /** What has been handled and not committed. */
  get uncommitted(): GroupOffset | undefined {
    const { topic, partition, handledOffset: offset, handledEpoch: leaderEpoch } = this
    if (offset === undefined || offset === this.committedOffset) return undefined
    return { topic, partition, offset, leaderEpoch, metadata: '' }
  }

  /** Goes on from here; what was fetched is dropped. */
  moveTo(position: number | undefined, reset?: PendingReset): void {
    this.position = position
    this.handledOffset = position
    this.handledEpoch = -1
    this.reset = reset
    this.drop()
  }

  /** Lets go of what was fetched ahead of the position, which is fetched again when it is wanted. */
  drop(): void {
    if (this.fetchOffset !== this.position) this.lastEpoch = -1
    this.fetchOffset = this.position
    this.buffered = undefined
    this.ahead = undefined
    this.isAtHurdle = false
    this.generation++
  }
}
