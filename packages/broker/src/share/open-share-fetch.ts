import type { AcquiredRange, OffsetRange } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { BufferLease, LogRead } from '@dorsale/storage'
import type { BrokerCore } from '../core.ts'
import type { Watchers } from '../purgatory.ts'
import { logUnexpected } from '../unexpected.ts'
import { abortedBatches, batchRanges, sliceBatches } from './aborted-batches.ts'
import type { SharePartitionHost } from './share-partition-host.ts'
import type { ShareTarget } from './share-sessions.ts'

/** What a member of a share group would like to have. */
export interface ShareFetchWish {
  readonly groupId: string
  readonly memberId: string
  readonly targets: readonly ShareTarget[]
  /** Throws when the member may not read a topic. */
  readonly checkRead: (topicId: string) => void
  readonly maxWaitMs: number
  readonly bytesMin: number
  readonly bytesMax: number
  readonly recordsMax: number
  readonly batchSize: number
  readonly isRecordLimit: boolean
}

/** What a share fetch came to in one partition. */
export interface ShareFetchOutcome {
  readonly target: ShareTarget
  readonly error: ProtocolError | undefined
  /** Whole batches of the log around what was acquired. */
  readonly records: Uint8Array
  readonly acquired: readonly AcquiredRange[]
  /** Memory under the records. */
  readonly lease: BufferLease | undefined
}

/** A share partition that the fetch is at, from its look at the next offset to its acquiring. */
interface Candidate {
  readonly target: ShareTarget
  readonly host: SharePartitionHost
  readonly fetchOffset: number
  read: LogRead | undefined
}

/**
 * A share fetch from its arrival to its answer: it reads what is available next in each of its partitions, and when that is enough, or the time is over, acquires it. Until then it
 * waits for new records, and for others to be through with theirs. While it reads, no other fetch of the group looks at the same share partition.
 */
export class OpenShareFetch {
  readonly #core: BrokerCore
  readonly #wish: ShareFetchWish
  readonly #attempt: (step: () => void) => void
  readonly #done: (outcomes: ShareFetchOutcome[]) => void
  readonly #deadlineMs: number
  readonly #isReadCommitted: boolean
  /** As they were found first: one that cannot serve is told of, not made anew while the fetch waits. */
  readonly #hosts = new Map<ShareTarget, SharePartitionHost>()
  #parked: { cancel(): void } | undefined
  #abandoned = false
  /** Something has happened while it was reading. */
  #hasMoved = false

  /** `attempt` runs a step that goes on later, as `Call.attempt`; `done` is called once, unless the fetch is abandoned. */
  constructor(
    core: BrokerCore,
    wish: ShareFetchWish,
    attempt: (step: () => void) => void,
    done: (outcomes: ShareFetchOutcome[]) => void,
  ) {
    this.#core = core
    this.#wish = wish
    this.#attempt = attempt
    this.#done = done
    this.#deadlineMs = core.clock.monotonic() + wish.maxWaitMs
    this.#isReadCommitted = core.shareGroups.settings.isReadCommitted(wish.groupId)
  }

  /** Reads; then answers, or waits. */
  start(): void {
    const { targets, bytesMax, recordsMax } = this.#wish
    if (this.#abandoned) return
    if (targets.length === 0 || bytesMax <= 0 || recordsMax <= 0) this.#done([])
    else this.#try()
  }

  /** Nobody waits for the answer any more. */
  abandon(): void {
    this.#abandoned = true
    this.#parked?.cancel()
  }

  #try(): void {
    if (this.#abandoned) return
    const candidates: Candidate[] = []
    const failed: ShareFetchOutcome[] = []
    const watched: Watchers[] = []
    for (const target of this.#wish.targets) {
      try {
        const candidate = this.#candidate(target, watched)
        if (candidate !== undefined) candidates.push(candidate)
      } catch (error) {
        failed.push(this.#failed(target, error))
      }
    }
    this.#hasMoved = false
    this.#readOn(candidates, { index: 0, failed, watched })
  }

  /** The share partition, if something may be acquired of it now. Throws why it cannot serve. */
  #candidate(target: ShareTarget, watched: Watchers[]): Candidate | undefined {
    this.#wish.checkRead(target.topicId)
    const host = this.#hosts.get(target) ?? this.#core.shareGroups.open({ groupId: this.#wish.groupId, ...target })
    this.#hosts.set(target, host)
    const part = host.part
    watched.push(host.watchers)
    if (part === undefined) return undefined
    const { partition } = host
    part.logStartMoved(partition.log.logStartOffset)
    watched.push(partition.fetchers)
    if (!part.canAcquire) return undefined
    const fetchOffset = part.nextFetchOffset
    if (fetchOffset >= this.#readableEnd(host) || !host.beginFetch(this)) return undefined
    return { target, host, fetchOffset, read: undefined }
  }

  #readableEnd({ partition }: SharePartitionHost): number {
    return partition.readableEnd(this.#isReadCommitted ? 1 : 0)
  }

  /** Reads one candidate after the other; goes on by itself after a read that has to wait for the disk. */
  #readOn(candidates: Candidate[], state: Attempt): void {
    const { bytesMax, bytesMin } = this.#wish
    const { replyBudget } = this.#core
    const share = Math.min(
      Math.floor(Math.min(bytesMax, replyBudget.room) / candidates.length),
      Math.max(readBytesMax, bytesMin),
    )
    while (state.index < candidates.length) {
      const candidate = candidates[state.index++]!
      const { host, fetchOffset } = candidate
      try {
        const minOneBatch = !candidates.some(({ read }) => read !== undefined && read.records.length > 0)
        const upperBound = this.#readableEnd(host)
        const read = host.partition.log.read({ offset: fetchOffset, maxBytes: share, minOneBatch, upperBound })
        if (!(read instanceof Promise)) {
          candidate.read = read
          replyBudget.reserve(read.records.length)
          continue
        }
        this.#watchWhileReading(state.watched)
        replyBudget.reserve(share)
        read
          .then(
            late => {
              candidate.read = late
              replyBudget.reserve(late.records.length)
            },
            error => this.#drop(candidate, candidates, state, error),
          )
          .finally(() => replyBudget.release(share))
          .then(() => this.#attempt(() => this.#readOn(candidates, state)))
        return
      } catch (error) {
        this.#drop(candidate, candidates, state, error)
      }
    }
    this.#acquireOrPark(candidates, state)
  }

  /** Its log could not be read. */
  #drop(candidate: Candidate, candidates: Candidate[], state: Attempt, error: unknown): void {
    candidate.host.endFetch(this)
    candidates.splice(candidates.indexOf(candidate), 1)
    state.index--
    state.failed.push(this.#failed(candidate.target, error))
  }

  #acquireOrPark(candidates: readonly Candidate[], { failed, watched }: Attempt): void {
    const { replyBudget, purgatory, clock } = this.#core
    this.#parked?.cancel()
    const bytes = candidates.reduce((sum, { read }) => sum + (read?.records.length ?? 0), 0)
    // In this step they become the transport's, or nobody's.
    replyBudget.release(bytes)
    const waitMs = this.#deadlineMs - clock.monotonic()
    const isEnough = bytes > 0 && bytes >= this.#wish.bytesMin
    const isOver = waitMs <= 0 || purgatory.isClosed || failed.length === this.#wish.targets.length
    if (!this.#abandoned && (isEnough || isOver)) {
      this.#done([...this.#acquire(candidates), ...failed])
      return
    }
    for (const { host, read } of candidates) {
      read?.lease?.giveBack()
      host.endFetch(this)
    }
    if (this.#abandoned) return
    if (this.#hasMoved) this.#try()
    else {
      this.#parked = purgatory.park({
        watched,
        bytesWanted: Math.max(this.#wish.bytesMin - bytes, 1),
        waitMs,
        complete: () => this.#attempt(() => this.#try()),
      })
    }
  }

  #watchWhileReading(watched: readonly Watchers[]): void {
    this.#parked?.cancel()
    this.#parked = this.#core.purgatory.park({
      watched,
      bytesWanted: 1,
      waitMs: this.#wish.maxWaitMs,
      complete: () => {
        this.#hasMoved = true
      },
    })
  }

  #acquire(candidates: readonly Candidate[]): ShareFetchOutcome[] {
    const { memberId, batchSize, isRecordLimit } = this.#wish
    let recordsMax = this.#wish.recordsMax
    const outcomes: ShareFetchOutcome[] = []
    for (const { target, host, fetchOffset, read } of candidates) {
      try {
        const records = read === undefined || read.firstBatchIncomplete ? nothing : read.records
        const acquired = host.acquire({
          memberId,
          fetchOffset,
          batches: batchRanges(records),
          aborted: this.#aborted(host, fetchOffset, read, records),
          recordsMax,
          batchSize,
          isRecordLimit,
        })
        recordsMax -= acquired.reduce((sum, each) => sum + each.lastOffset - each.firstOffset + 1, 0)
        const [first] = acquired
        const last = acquired.at(-1)
        if (first === undefined || last === undefined) {
          read?.lease?.giveBack()
          outcomes.push({ target, error: undefined, records: nothing, acquired, lease: undefined })
        } else {
          const range = { firstOffset: first.firstOffset, lastOffset: last.lastOffset }
          outcomes.push({
            target,
            error: undefined,
            records: sliceBatches(records, range),
            acquired,
            lease: read?.lease,
          })
        }
      } catch (error) {
        read?.lease?.giveBack()
        outcomes.push(this.#failed(target, error))
      } finally {
        host.endFetch(this)
      }
    }
    return outcomes
  }

  #aborted(
    { partition }: SharePartitionHost,
    offset: number,
    read: LogRead | undefined,
    records: Uint8Array,
  ): OffsetRange[] {
    if (!this.#isReadCommitted || read === undefined || records.length === 0) return []
    const transactions = partition.log.abortedTransactions({ offset, upperBound: read.endOffset })
    return transactions.length === 0 ? [] : abortedBatches(records, transactions)
  }

  #failed(target: ShareTarget, error: unknown): ShareFetchOutcome {
    const known = error instanceof ProtocolError ? error : new ProtocolError(errorCodes.UNKNOWN_SERVER_ERROR)
    if (known !== error) logUnexpected(this.#core.logger, error, { api: 'ShareFetch', ...target })
    return { target, error: known, records: nothing, acquired: [], lease: undefined }
  }
}

/** One look at all partitions. */
interface Attempt {
  /** Of the candidate to read next. */
  index: number
  readonly failed: ShareFetchOutcome[]
  readonly watched: Watchers[]
}

/**
 * Clients ask for 50 MB and 500 records. What is read beyond the records that are acquired is read again by the next fetch: with records of 1000 bytes one member got 4.6 MB/s when all that may be
 * sent was read, and 192 MB/s with this bound (200,000 records, our own consumer, a busy machine).
 */
const readBytesMax = 1024 * 1024

const nothing = new Uint8Array(0)
