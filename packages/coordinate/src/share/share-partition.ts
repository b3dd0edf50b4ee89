import type { StateBatch } from '../share-state/state-batches.ts'
import { type AcknowledgementBatch, acknowledge } from './acknowledge.ts'
import { type AcquiredRange, type AcquireRequest, acquire } from './acquire.ts'
import {
  type DeliveryRun,
  DeliveryRuns,
  type DeliveryState,
  deliveryStates,
  isTerminal,
  type OffsetRange,
} from './delivery-run.ts'

/** What a share group's settings say, as of now. */
export interface ShareLimits {
  /** `share.delivery.count.limit`: so often a record is delivered; what is released then is archived. */
  readonly deliveryCountMax: number
  /** `share.partition.max.record.locks`: so many records may be in flight. */
  readonly recordLocksMax: number
  /** `share.record.lock.duration.ms`. */
  readonly lockDurationMs: number
  /** `share.renew.acknowledge.enable`. */
  readonly isRenewEnabled: boolean
}

/** A change of state that has been made here and is to be written down; `settle` ends it. */
export interface ShareChange {
  readonly id: object
  /** Where the share partition began when the change was made. */
  readonly startOffset: number
  readonly deliveryCompleteCount: number
  /** Empty: there is nothing to write. */
  readonly stateBatches: readonly StateBatch[]
}

export interface SharePartitionOptions {
  readonly limits: () => ShareLimits
  readonly startOffset: number
  /** What was written down before: in order, without overlaps, from `startOffset` on. */
  readonly stateBatches: readonly StateBatch[]
}

/**
 * One partition of a topic as one share group works through it (KIP-932): which records are with a consumer, which may be delivered, which are done with.
 *
 * ```
 *   log:   ... done with | in flight: available, acquired, acknowledged, archived | not read yet ...
 *                        ^ startOffset                                            ^ endOffset
 * ```
 *
 * The start moves when the records there are done with; the end moves when new ones are acquired. What consumers do is a change: it counts here at once for who asks whether a
 * record may be had, and for good when it is written down (`settle`); when that fails it is taken back. Locks are soft: what was acquired is available again after a restart.
 *
 * Pure: time is handed in, and nothing is read or written. Kafka's limits and choices; records are kept as runs where Kafka keeps batches that fall apart into offsets.
 */
export class SharePartition {
  readonly #limits: () => ShareLimits
  readonly #runs = new DeliveryRuns()
  #startOffset: number
  #endOffset: number
  /** Something before the end may be available. */
  #mayHaveAvailable = false

  constructor({ limits, startOffset, stateBatches }: SharePartitionOptions) {
    this.#limits = limits
    this.#startOffset = startOffset
    this.#endOffset = startOffset
    for (const batch of stateBatches) {
      // What nobody has had is not written down.
      if (batch.firstOffset > this.#endOffset) {
        this.#append({ firstOffset: this.#endOffset, lastOffset: batch.firstOffset - 1, isFresh: true })
      }
      this.#append({ ...batch, isFresh: false }, batch)
    }
    this.#mayHaveAvailable = true
    this.#advanceStart()
  }

  /** The first record that is not done with. */
  get startOffset(): number {
    return this.#startOffset
  }

  /** One after the last record in flight. */
  get endOffset(): number {
    return this.#endOffset
  }

  get inFlightCount(): number {
    return this.#endOffset - this.#startOffset
  }

  /** How many of those in flight are done with. */
  get deliveryCompleteCount(): number {
    let count = 0
    for (const run of this.#runs) if (isTerminal(run.state)) count += lengthOf(run)
    return Math.min(count, countMax)
  }

  /** The next to deliver: the first that is available again, else what has not been read yet. */
  get nextFetchOffset(): number {
    if (!this.#mayHaveAvailable) return this.#endOffset
    for (const { state, pending, firstOffset } of this.#runs) {
      if (state === deliveryStates.available && pending === undefined) return firstOffset
    }
    this.#mayHaveAvailable = false
    return this.#endOffset
  }

  /** Whether a fetch could deliver something: there may be no more in flight than the limit says. */
  get canAcquire(): boolean {
    return this.nextFetchOffset !== this.#endOffset || this.inFlightCount < this.#limits().recordLocksMax
  }

  /** When the first lock ends, on the monotonic clock; undefined: nothing is locked. */
  get firstLockEndMs(): number | undefined {
    let first: number | undefined
    for (const { state, pending, lockedUntilMs } of this.#runs) {
      if (state !== deliveryStates.acquired || pending !== undefined) continue
      if (first === undefined || lockedUntilMs < first) first = lockedUntilMs
    }
    return first
  }

  /** Locks fetched records to a member; see `acquire`. Records of `aborted` are not delivered. */
  acquire(request: AcquireRequest, aborted: readonly OffsetRange[] = []): AcquiredRange[] {
    const { lockDurationMs, deliveryCountMax, recordLocksMax } = this.#limits()
    const acquired = acquire(
      {
        runs: this.#runs,
        startOffset: this.#startOffset,
        endOffset: this.#endOffset,
        deliveryCountMax,
        recordLocksMax,
        begin: offset => {
          this.#startOffset = offset
          this.#endOffset = offset
        },
        append: (range, acquiredCount) => this.#appendAcquired(range, acquiredCount, request, lockDurationMs),
        appendHole: range => {
          this.#append({ ...range, isFresh: false }, { deliveryState: deliveryStates.archived, deliveryCount: 0 })
        },
        take: run => take(run, request, lockDurationMs),
      },
      request,
    )
    const delivered = aborted.length === 0 ? acquired : this.#archiveAborted(acquired, aborted)
    this.#mayHaveAvailable = true
    this.#advanceStart()
    return delivered
  }

  /**
   * What a member says of records that it has: accepted, released, rejected, not there, or kept for longer. All or nothing. Throws INVALID_RECORD_STATE
   * when it does not have one of them, INVALID_REQUEST when what it says makes no sense.
   */
  acknowledge(memberId: string, batches: readonly AcknowledgementBatch[], nowMs: number): ShareChange {
    const { deliveryCountMax, lockDurationMs, isRenewEnabled } = this.#limits()
    const id = {}
    try {
      for (const batch of batches) {
        acknowledge(
          { runs: this.#runs, startOffset: this.#startOffset, isRenewEnabled, lockedUntilMs: nowMs + lockDurationMs },
          { memberId, batch },
          (run, state) => this.#change(run, id, limited(state, run.deliveryCount, deliveryCountMax)),
        )
      }
    } catch (error) {
      this.#takeBack(id, nowMs)
      throw error
    }
    return this.#changeOf(id)
  }

  /** A member is gone: what it has is available again, as if it had released it. */
  releaseMember(memberId: string): ShareChange {
    const { deliveryCountMax } = this.#limits()
    const id = {}
    for (const run of this.#runs) {
      if (run.state !== deliveryStates.acquired || run.pending !== undefined || run.memberId !== memberId) continue
      this.#change(run, id, limited(deliveryStates.available, run.deliveryCount, deliveryCountMax))
    }
    return this.#changeOf(id)
  }

  /** Ends the locks that are over. That holds whether or not it can be written down: the member has had its time. */
  expireLocks(nowMs: number): ShareChange {
    const { deliveryCountMax } = this.#limits()
    const stateBatches: StateBatch[] = []
    for (const run of this.#runs) {
      if (run.state !== deliveryStates.acquired || run.pending !== undefined || run.lockedUntilMs > nowMs) continue
      run.state = limited(deliveryStates.available, run.deliveryCount, deliveryCountMax)
      run.memberId = ''
      note(stateBatches, run)
    }
    if (stateBatches.length > 0) this.#mayHaveAvailable = true
    return { id: {}, ...this.#progress, stateBatches }
  }

  /** A change has been written down, or could not be. */
  settle({ id }: ShareChange, isWritten: boolean, nowMs: number): void {
    if (isWritten) for (const run of this.#runs) if (run.pending?.id === id) run.pending = undefined
    if (!isWritten) this.#takeBack(id, nowMs)
    this.#mayHaveAvailable = true
    this.#advanceStart()
  }

  /** The log begins later than it did: what was before is gone, whoever has it. */
  logStartMoved(logStartOffset: number): void {
    if (logStartOffset <= this.#startOffset) return
    this.#runs.dropBefore(logStartOffset)
    this.#startOffset = logStartOffset
    this.#endOffset = Math.max(this.#endOffset, logStartOffset)
    this.#advanceStart()
  }

  get #progress() {
    return { startOffset: this.#startOffset, deliveryCompleteCount: this.deliveryCompleteCount }
  }

  #changeOf(id: object): ShareChange {
    const stateBatches: StateBatch[] = []
    for (const run of this.#runs) if (run.pending?.id === id) note(stateBatches, run)
    return { id, ...this.#progress, stateBatches }
  }

  #change(run: DeliveryRun, id: object, to: DeliveryState): void {
    const { state, memberId } = run
    run.pending = { id, state, memberId }
    run.state = to
    run.memberId = ''
  }

  /** As it was before; but a lock that has ended meanwhile stays ended. */
  #takeBack(id: object, nowMs: number): void {
    const { deliveryCountMax } = this.#limits()
    for (const run of this.#runs) {
      if (run.pending?.id !== id) continue
      const { state, memberId } = run.pending
      run.pending = undefined
      const isOver = state === deliveryStates.acquired && run.lockedUntilMs <= nowMs
      run.state = isOver ? limited(deliveryStates.available, run.deliveryCount, deliveryCountMax) : state
      run.memberId = isOver ? '' : memberId
    }
  }

  #archiveAborted(acquired: readonly AcquiredRange[], aborted: readonly OffsetRange[]): AcquiredRange[] {
    for (const range of aborted) {
      for (const run of this.#runs.within(range)) {
        if (run.state !== deliveryStates.acquired || run.pending !== undefined) continue
        run.state = deliveryStates.archived
        run.memberId = ''
      }
    }
    return aborted.reduce<AcquiredRange[]>((left, range) => left.flatMap(each => without(each, range)), [...acquired])
  }

  /** New records, the first `acquiredCount` of them for the member that asked. */
  #appendAcquired(range: OffsetRange, acquiredCount: number, request: AcquireRequest, lockDurationMs: number): void {
    this.#append({ ...range, isFresh: false })
    const lastOffset = Math.min(range.firstOffset + acquiredCount - 1, range.lastOffset)
    for (const run of this.#runs.within({ firstOffset: range.firstOffset, lastOffset })) {
      take(run, request, lockDurationMs)
    }
  }

  #append(
    batch: OffsetRange & { readonly isFresh: boolean },
    { deliveryState, deliveryCount }: { deliveryState: number; deliveryCount: number } = notDelivered,
  ): void {
    const { firstOffset, lastOffset, isFresh } = batch
    // Where it was on its way to a dead-letter topic nobody sees to that any more.
    const state =
      deliveryState === deliveryStates.archiving ? deliveryStates.archived : (deliveryState as DeliveryState)
    this.#runs.append({
      firstOffset,
      lastOffset,
      batch: { firstOffset, lastOffset, isFresh },
      state,
      deliveryCount,
      memberId: '',
      lockedUntilMs: 0,
      pending: undefined,
    })
    this.#endOffset = lastOffset + 1
  }

  #advanceStart(): void {
    let offset = this.#startOffset
    for (const run of this.#runs) {
      if (!isTerminal(run.state) || run.pending !== undefined) break
      offset = run.lastOffset + 1
    }
    this.#runs.dropBefore(offset)
    this.#startOffset = offset
  }
}

/** It is written as int32; a state that somebody else has written may hold more. */
const countMax = 0x7fffffff
const notDelivered = { deliveryState: deliveryStates.available, deliveryCount: 0 }

/** What has been delivered as often as it may is not available again. */
function limited(state: DeliveryState, deliveryCount: number, deliveryCountMax: number): DeliveryState {
  return state === deliveryStates.available && deliveryCount >= deliveryCountMax ? deliveryStates.archived : state
}

function take(run: DeliveryRun, { memberId, nowMs }: AcquireRequest, lockDurationMs: number): void {
  run.state = deliveryStates.acquired
  run.deliveryCount++
  run.memberId = memberId
  run.lockedUntilMs = nowMs + lockDurationMs
}

/** Adds the state of a run to those before it; neighbours that say the same are one. */
function note(batches: StateBatch[], { firstOffset, lastOffset, state, deliveryCount }: DeliveryRun): void {
  const last = batches.at(-1)
  const continues =
    last?.lastOffset === firstOffset - 1 && last.deliveryState === state && last.deliveryCount === deliveryCount
  if (continues) batches[batches.length - 1] = { ...last, lastOffset }
  else batches.push({ firstOffset, lastOffset, deliveryState: state, deliveryCount })
}

function lengthOf({ firstOffset, lastOffset }: OffsetRange): number {
  return lastOffset - firstOffset + 1
}

/** What a range leaves of another: nothing, one or two pieces. */
function without(range: AcquiredRange, { firstOffset, lastOffset }: OffsetRange): AcquiredRange[] {
  if (lastOffset < range.firstOffset || firstOffset > range.lastOffset) return [range]
  const pieces: AcquiredRange[] = []
  if (range.firstOffset < firstOffset) pieces.push({ ...range, lastOffset: firstOffset - 1 })
  if (range.lastOffset > lastOffset) pieces.push({ ...range, firstOffset: lastOffset + 1 })
  return pieces
}
