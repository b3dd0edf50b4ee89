import { assert, type Clock, type Logger, type Timer, type TimerWheel } from '@dorsale/base'
import {
  type AcknowledgementBatch,
  type AcquiredRange,
  type OffsetRange,
  type ShareChange,
  SharePartition,
  type SharePartitionKey,
  type ShareState,
  sharePartitionText,
} from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { Partition } from '../partition.ts'
import { Watchers } from '../purgatory.ts'
import { logUnexpected } from '../unexpected.ts'
import type { ShareGroupSettings } from './share-group-settings.ts'
import type { ShareStatePersister } from './share-state-persister.ts'

export interface SharePartitionHostOptions {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly logger: Logger
  readonly settings: ShareGroupSettings
  readonly persister: ShareStatePersister
  readonly key: SharePartitionKey
  readonly partition: Partition
  /** It serves no more; whoever needs the share partition next makes another. */
  onFenced(): void
}

export interface FetchedRecords {
  readonly memberId: string
  readonly fetchOffset: number
  readonly batches: readonly OffsetRange[]
  readonly aborted: readonly OffsetRange[]
  readonly recordsMax: number
  readonly batchSize: number
  readonly isRecordLimit: boolean
}

/** Called once; undefined: done. */
export type Done = (error: ProtocolError | undefined) => void

/**
 * One share partition at the broker that leads it: its state machine, the way of its changes to the share coordinator, and the clock of its locks.
 *
 * ```
 *   loading ---> active ---> fenced   the partition is led anew, the group was set back, or the state could not be read
 * ```
 *
 * A change counts for everybody else at once, and its author hears of it when it is written down: an acknowledgement that was answered outlives the process.
 */
export class SharePartitionHost {
  readonly #options: SharePartitionHostOptions
  /** Of the partition, when this was made. */
  readonly leaderEpoch: number
  /** Fetches that wait for something to become available. */
  readonly watchers = new Watchers()
  #state: 'loading' | 'active' | 'fenced' = 'loading'
  #part: SharePartition | undefined
  #stateEpoch = 0
  /** Why the state could not be read. */
  #failure: ProtocolError | undefined
  #lockTimer: Timer | undefined
  #lockTimerMs = Number.POSITIVE_INFINITY
  /** A fetch is between its look at the next offset and its acquiring. */
  #fetcher: object | undefined
  /** Another fetch has found that one at work. */
  #isContended = false

  constructor(options: SharePartitionHostOptions) {
    this.#options = options
    this.leaderEpoch = options.partition.leaderEpoch
  }

  get partition(): Partition {
    return this.#options.partition
  }

  /** The state machine, when it may be asked; undefined while the state is being read. Throws why it cannot serve. */
  get part(): SharePartition | undefined {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#state === 'fenced') throw new ProtocolError(errorCodes.NOT_LEADER_OR_FOLLOWER)
    return this.#part
  }

  /** Whether a fetch may read now for itself; it calls `endFetch` afterwards, in any case. */
  beginFetch(fetcher: object): boolean {
    if (this.#fetcher !== undefined) {
      this.#isContended = true
      return false
    }
    this.#fetcher = fetcher
    return true
  }

  endFetch(fetcher: object): void {
    assert(this.#fetcher === fetcher, 'a fetch ends what it has begun')
    this.#fetcher = undefined
    if (!this.#isContended) return
    this.#isContended = false
    this.#notify()
  }

  /** Locks what was read to a member. */
  acquire({ aborted, ...fetched }: FetchedRecords): AcquiredRange[] {
    const part = this.part
    if (part === undefined) return []
    const acquired = part.acquire({ ...fetched, nowMs: this.#options.clock.monotonic() }, aborted)
    this.#watchLocks()
    return acquired
  }

  /** What a member says of records that it has; `done` when that is written down. */
  acknowledge(memberId: string, batches: readonly AcknowledgementBatch[], done: Done): void {
    this.#change(part => part.acknowledge(memberId, batches, this.#options.clock.monotonic()), done)
  }

  /** A member's session has ended: what it has is available to others. */
  release(memberId: string, done: Done): void {
    this.#change(part => part.releaseMember(memberId), done)
  }

  /** Serves no more. Idempotent. */
  fence(): void {
    if (this.#state === 'fenced') return
    this.#state = 'fenced'
    this.#lockTimer?.cancel()
    this.#options.onFenced()
    this.#notify()
  }

  /** Reads the state; once. */
  load(): void {
    const { persister, key } = this.#options
    const fail = (error: ProtocolError) => this.#fail(error)
    persister.read(key, this.leaderEpoch, {
      answer: state => {
        this.#startOffsetOf(state).then(
          startOffset => this.#begin(state, startOffset),
          error => fail(this.#asProtocolError(error)),
        )
      },
      fail,
    })
  }

  #begin({ stateEpoch, stateBatches }: ShareState, startOffset: number): void {
    if (this.#state !== 'loading') return
    const { settings, key } = this.#options
    const limits = () => settings.limits(key.groupId)
    this.#part = new SharePartition({ limits, startOffset, stateBatches })
    this.#stateEpoch = stateEpoch
    this.#state = 'active'
    this.#notify()
  }

  #fail(error: ProtocolError): void {
    const { logger, key } = this.#options
    logger.warn('the state of a share partition cannot be read', { sharePartition: sharePartitionText(key), error })
    this.#failure = persisterError(error)
    this.fence()
  }

  /** Where the group begins: where it was, or in a partition in which it never was where its setting says. */
  async #startOffsetOf({ startOffset }: ShareState): Promise<number> {
    if (startOffset !== -1) return startOffset
    const { settings, key, partition, clock } = this.#options
    const { log } = partition
    const reset = settings.offsetReset(key.groupId)
    if (reset === 'earliest') return log.logStartOffset
    if (reset === 'latest') return log.highWatermark
    const found = await log.offsetForTimestamp(clock.now() - reset.agoMs, log.highWatermark)
    return found?.offset ?? log.highWatermark
  }

  #change(make: (part: SharePartition) => ShareChange, done: Done): void {
    let change: ShareChange
    try {
      const part = this.part
      if (part === undefined) throw new ProtocolError(errorCodes.COORDINATOR_NOT_AVAILABLE)
      change = make(part)
    } catch (error) {
      done(this.#asProtocolError(error))
      return
    }
    this.#write(change, done)
    // Also a lock that was renewed.
    this.#watchLocks()
  }

  #write(change: ShareChange, done: Done): void {
    if (change.stateBatches.length === 0) {
      done(undefined)
      return
    }
    const { persister, key, clock } = this.#options
    const settle = (error: ProtocolError | undefined) => {
      this.#part?.settle(change, error === undefined, clock.monotonic())
      done(error)
      if (this.#state === 'fenced') return
      this.#watchLocks()
      this.#notify()
    }
    const { stateBatches, startOffset, deliveryCompleteCount } = change
    const { leaderEpoch } = this
    const write = { stateEpoch: this.#stateEpoch, leaderEpoch, startOffset, deliveryCompleteCount, stateBatches }
    persister.write(key, write, {
      answer: () => settle(undefined),
      fail: error => {
        const known = persisterError(error)
        settle(known)
        if (known.errorCode === errorCodes.NOT_LEADER_OR_FOLLOWER) this.fence()
      },
    })
  }

  /** Has the locks ended when the first of them is over. */
  #watchLocks(): void {
    const { wheel, clock } = this.#options
    const endMs = this.#part?.firstLockEndMs ?? Number.POSITIVE_INFINITY
    // One that rings too early looks again.
    if (this.#state !== 'active' || endMs >= this.#lockTimerMs) return
    this.#lockTimer?.cancel()
    this.#lockTimerMs = endMs
    this.#lockTimer = wheel.set(Math.max(endMs - clock.monotonic(), 0), () => {
      this.#lockTimerMs = Number.POSITIVE_INFINITY
      this.#expireLocks()
    })
  }

  #expireLocks(): void {
    const { clock, logger, key } = this.#options
    const part = this.#part
    if (part === undefined || this.#state !== 'active') return
    const change = part.expireLocks(clock.monotonic())
    this.#write(change, error => {
      if (error === undefined) return
      logger.warn('locks that are over could not be written down', { sharePartition: sharePartitionText(key), error })
    })
    this.#watchLocks()
    this.#notify()
  }

  #notify(): void {
    this.watchers.notify(Number.POSITIVE_INFINITY)
  }

  #asProtocolError(error: unknown): ProtocolError {
    if (error instanceof ProtocolError) return error
    const { logger, key } = this.#options
    logUnexpected(logger, error, { sharePartition: sharePartitionText(key) })
    // What the share partition is now, nobody knows.
    this.fence()
    return new ProtocolError(errorCodes.UNKNOWN_SERVER_ERROR)
  }
}

/** What a consumer is told of an error of the share coordinator. */
function persisterError(error: ProtocolError): ProtocolError {
  const options = { cause: error }
  switch (error.errorCode) {
    case errorCodes.NOT_COORDINATOR:
    case errorCodes.COORDINATOR_NOT_AVAILABLE:
    case errorCodes.COORDINATOR_LOAD_IN_PROGRESS:
      return new ProtocolError(errorCodes.COORDINATOR_NOT_AVAILABLE, undefined, options)
    case errorCodes.FENCED_LEADER_EPOCH:
    case errorCodes.FENCED_STATE_EPOCH:
      return new ProtocolError(errorCodes.NOT_LEADER_OR_FOLLOWER, undefined, options)
    case errorCodes.UNKNOWN_TOPIC_OR_PARTITION:
    case errorCodes.GROUP_ID_NOT_FOUND:
      return error
    default:
      return new ProtocolError(errorCodes.UNKNOWN_SERVER_ERROR, error.message, options)
  }
}
