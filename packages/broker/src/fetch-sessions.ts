import type { Clock, Prng } from '@dorsale/base'
import { errorCodes, type FetchRequest } from '@dorsale/protocol'

/**
 * Incremental fetch sessions (KIP-227): a consumer names its partitions once; afterwards its requests carry what changed and our responses carry
 * only partitions with news. Soft state: a session that is gone is answered with an error that makes the client start a new one.
 *
 *     request's epoch    0   full fetch: all partitions are named; opens a session if there is room (a given old one is dropped)
 *                       -1   full fetch without a session; drops the given one
 *                      n>0   the n-th request of the session: partitions named are added or changed, forgotten ones removed
 *
 * `max.incremental.fetch.session.cache.slots` bounds the sessions. A new one takes the slot of one that slept for `evictionMs`, or of a smaller one
 * that has lived that long.
 */
export class FetchSessions {
  readonly #clock: Clock
  readonly #prng: Prng
  readonly #slotCount: number
  readonly #sessions = new Map<number, FetchSession>()

  constructor(options: { clock: Clock; prng: Prng; slotCount: number }) {
    this.#clock = options.clock
    this.#prng = options.prng
    this.#slotCount = options.slotCount
  }

  get size(): number {
    return this.#sessions.size
  }

  /** What this request wants to read, or the error that the whole response carries. */
  begin(request: FetchRequest, apiVersion: number): FetchContext | number {
    const byId = apiVersion >= 13
    const { sessionId, sessionEpoch } = request
    if (sessionEpoch === initialEpoch || sessionEpoch === finalEpoch) {
      if (sessionId !== 0) this.#sessions.delete(sessionId)
      const targets = new Map<string, FetchTarget>()
      update(targets, request, byId)
      return new FullContext(targets, sessionEpoch === finalEpoch ? undefined : () => this.#open(targets, byId))
    }
    const session = this.#sessions.get(sessionId)
    if (session === undefined) return errorCodes.FETCH_SESSION_ID_NOT_FOUND
    if (session.epoch !== sessionEpoch) return errorCodes.INVALID_FETCH_SESSION_EPOCH
    if (session.byId !== byId) return errorCodes.FETCH_SESSION_TOPIC_ID_ERROR
    update(session.targets, request, byId)
    for (const { topic, topicId, partitions } of request.forgottenTopicsData) {
      for (const partition of partitions) session.targets.delete(keyOf(byId ? topicId : topic, partition))
    }
    if (session.targets.size === 0) {
      this.#sessions.delete(sessionId)
      return new FullContext(session.targets, undefined)
    }
    session.epoch = nextEpoch(sessionEpoch)
    session.lastUsedMs = this.#clock.monotonic()
    return new IncrementalContext(session, session.epoch)
  }

  /** The id of a new session, or 0 when there is no room. */
  #open(targets: Map<string, FetchTarget>, byId: boolean): number {
    if (targets.size === 0) return 0
    const now = this.#clock.monotonic()
    if (this.#sessions.size >= this.#slotCount && !this.#evict(targets.size, now)) return 0
    let id: number
    do id = this.#prng.uint32() & 0x7fffffff
    while (id === 0 || this.#sessions.has(id))
    this.#sessions.set(id, { id, byId, targets, epoch: 1, createdMs: now, lastUsedMs: now })
    return id
  }

  /** Only when every slot is taken, so the walk over all of them is rare. */
  #evict(newSize: number, now: number): boolean {
    let oldest: FetchSession | undefined
    let smallest: FetchSession | undefined
    for (const session of this.#sessions.values()) {
      if (oldest === undefined || session.lastUsedMs < oldest.lastUsedMs) oldest = session
      if (now - session.createdMs <= evictionMs) continue
      if (smallest === undefined || session.targets.size < smallest.targets.size) smallest = session
    }
    const victim =
      oldest !== undefined && now - oldest.lastUsedMs > evictionMs
        ? oldest
        : smallest !== undefined && smallest.targets.size < newSize
          ? smallest
          : undefined
    return victim !== undefined && this.#sessions.delete(victim.id)
  }
}

/** One partition that a fetch reads from; lives as long as its session. */
export interface FetchTarget {
  readonly key: string
  /** '' when the request named an id. */
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  fetchOffset: number
  currentLeaderEpoch: number
  lastFetchedEpoch: number
  logStartOffset: number
  partitionMaxBytes: number
  /** What the last response said, or -1: news is a difference to this. */
  toldHighWatermark: number
  toldLogStartOffset: number
}

/** The part of a partition's outcome that decides whether an incremental response carries it. */
export interface FetchOutcome {
  readonly target: FetchTarget
  readonly errorCode: number
  readonly highWatermark: number
  readonly logStartOffset: number
  readonly recordBytes: number
  readonly diverging: boolean
}

export interface FetchContext {
  readonly targets: ReadonlyMap<string, FetchTarget>
  /** Which outcomes the response carries; remembers what it tells. A number is the error of the whole response. */
  finish<Outcome extends FetchOutcome>(outcomes: readonly Outcome[]): FetchAnswer<Outcome> | number
  /** Nothing may be told now, because of a quota: no session is opened, and one that is open goes on. A number is the error of the whole response. */
  withhold(): { readonly sessionId: number } | number
}

export interface FetchAnswer<Outcome> {
  readonly sessionId: number
  readonly outcomes: readonly Outcome[]
}

interface FetchSession {
  readonly id: number
  readonly byId: boolean
  /** In the order in which they are read: those that gave data go to the end, so that none starves. */
  readonly targets: Map<string, FetchTarget>
  /** The epoch that the next request must carry. */
  epoch: number
  readonly createdMs: number
  lastUsedMs: number
}

class FullContext implements FetchContext {
  readonly targets: Map<string, FetchTarget>
  readonly #open: (() => number) | undefined

  constructor(targets: Map<string, FetchTarget>, open: (() => number) | undefined) {
    this.targets = targets
    this.#open = open
  }

  finish<Outcome extends FetchOutcome>(outcomes: readonly Outcome[]): FetchAnswer<Outcome> {
    const sessionId = this.#open === undefined ? 0 : this.#open()
    for (const outcome of outcomes) tell(outcome)
    return { sessionId, outcomes }
  }

  withhold(): { readonly sessionId: number } {
    return { sessionId: 0 }
  }
}

class IncrementalContext implements FetchContext {
  readonly targets: ReadonlyMap<string, FetchTarget>
  readonly #session: FetchSession
  readonly #epoch: number

  constructor(session: FetchSession, epoch: number) {
    this.#session = session
    this.#epoch = epoch
    this.targets = session.targets
  }

  finish<Outcome extends FetchOutcome>(outcomes: readonly Outcome[]): FetchAnswer<Outcome> | number {
    const { id, epoch, targets } = this.#session
    // A second connection used the session while this fetch was parked.
    if (epoch !== this.#epoch) return errorCodes.INVALID_FETCH_SESSION_EPOCH
    const news = outcomes.filter(outcome => {
      const { target } = outcome
      const isNews =
        outcome.recordBytes > 0 ||
        outcome.diverging ||
        outcome.errorCode !== errorCodes.NONE ||
        outcome.highWatermark !== target.toldHighWatermark ||
        outcome.logStartOffset !== target.toldLogStartOffset
      tell(outcome)
      if (outcome.recordBytes > 0 && targets.get(target.key) === target) {
        targets.delete(target.key)
        targets.set(target.key, target)
      }
      return isNews
    })
    return { sessionId: id, outcomes: news }
  }

  withhold(): { readonly sessionId: number } | number {
    const { id, epoch } = this.#session
    return epoch === this.#epoch ? { sessionId: id } : errorCodes.INVALID_FETCH_SESSION_EPOCH
  }
}

function tell({ target, errorCode, highWatermark, logStartOffset }: FetchOutcome): void {
  // After an error the next answer is news whatever it says.
  target.toldHighWatermark = errorCode === errorCodes.NONE ? highWatermark : -1
  target.toldLogStartOffset = logStartOffset
}

function update(targets: Map<string, FetchTarget>, request: FetchRequest, byId: boolean): void {
  for (const { topic, topicId, partitions } of request.topics) {
    for (const wanted of partitions) {
      const key = keyOf(byId ? topicId : topic, wanted.partition)
      const known = targets.get(key)
      if (known === undefined) {
        targets.set(key, {
          key,
          topic,
          topicId,
          partition: wanted.partition,
          fetchOffset: wanted.fetchOffset,
          currentLeaderEpoch: wanted.currentLeaderEpoch,
          lastFetchedEpoch: wanted.lastFetchedEpoch,
          logStartOffset: wanted.logStartOffset,
          partitionMaxBytes: wanted.partitionMaxBytes,
          toldHighWatermark: -1,
          toldLogStartOffset: -1,
        })
      } else {
        known.fetchOffset = wanted.fetchOffset
        known.currentLeaderEpoch = wanted.currentLeaderEpoch
        known.lastFetchedEpoch = wanted.lastFetchedEpoch
        known.logStartOffset = wanted.logStartOffset
        known.partitionMaxBytes = wanted.partitionMaxBytes
      }
    }
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}:${partition}`
}

function nextEpoch(epoch: number): number {
  return epoch === 0x7fffffff ? 1 : epoch + 1
}

const initialEpoch = 0
const finalEpoch = -1
const evictionMs = 120_000
