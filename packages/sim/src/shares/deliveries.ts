import { errorCodes } from '@dorsale/protocol'
import type { World } from '../world/world.ts'
import type { AcquiredOffsets, SaidRange, ShareAnswer, ShareListener, ShareRequest } from './wire.ts'

/** Of a ShareAcknowledge, by Kafka's numbers. */
const types = { gap: 0, accept: 1, release: 2, reject: 3, renew: 4 } as const

export interface DeliveriesOptions {
  /** `share.delivery.count.limit`. */
  readonly countMax: number
  /** What `share.record.lock.duration.ms` may have been between two moments. */
  readonly locksBetween: (fromMs: number, untilMs: number) => { leastMs: number; mostMs: number }
  /** `share.session.timeout.ms`: who is silent for so long is not in the group any more, and has nothing. */
  readonly sessionMs: number
  /**
   * Whether one life of the broker knows of everything that it has handed out. Where its disk fails, the state of a share partition may be read anew in the middle of a life, and
   * locks are forgotten with what was there before, as they are when it dies.
   */
  readonly remembersLocks: boolean
  /** A lock may be looked at so much later than it ends. */
  readonly lateMsMax: number
}

/** A record with a member, as far as the member has been told. */
interface Hold {
  readonly memberId: string
  readonly deliveryCount: number
  readonly toldMs: number
  /** It surely lasts until then, unless the member gives it up. */
  untilMs: number
  /** It is surely over a little later. */
  overMs: number
}

/** What is known of a record's deliveries. */
interface Entry {
  /** Confirmed as done with: by whom. */
  finalBy: string | undefined
  finalMs: number
  /** Requests that say it is done with, and were not refused: it may be. */
  maybeFinal: number
  /** Deliveries that were confirmed as written down: later ones have greater counts. */
  countWritten: number
  writtenMs: number
  /** Of this life of the broker. */
  countTold: number
  countToldMs: number
  hold: Hold | undefined
  /** By member, also when it is over. */
  readonly holds: Map<string, Hold>
  /** It was delivered as often as it may be. */
  isSpent: boolean
  /** The greatest count that anybody was told, and how many fetches had been lost by then. */
  countMost: number
  lostBefore: number
}

interface Session {
  /** Undefined: not certain. */
  epoch: number | undefined
  connection: object
}

/** What was said once, to be said again too late. */
export interface PastRequest {
  readonly groupId: string
  readonly memberId: string
  readonly epoch: number
  readonly said: readonly SaidRange[]
}

const pastMax = 200

/** Answers after which nothing of what was said holds. */
const clearRefusals = new Set<number>([
  errorCodes.INVALID_RECORD_STATE,
  errorCodes.INVALID_REQUEST,
  errorCodes.INVALID_SHARE_SESSION_EPOCH,
  errorCodes.SHARE_SESSION_NOT_FOUND,
])

/**
 * Deliveries of one share group over one topic, judged by what its members were told:
 *
 * - an acknowledgement that was confirmed as accept, reject or gap is final: the record is handed to nobody afterwards;
 * - a record is with one member at a time: from when it was told, for as long as the lock lasts, or until the member says what becomes of it, or its session ends, or its place in the group;
 * - each delivery has a greater count than the one before, up to the limit. Locks, and counts that no acknowledgement has written down, end with the broker;
 * - what a member says after its time, or in a session that is over, is refused;
 * - what was confirmed survives the end of the broker's process, and that of its machine where every write is flushed.
 */
export class Deliveries implements ShareListener {
  readonly #world: World
  readonly #options: DeliveriesOptions
  readonly #records = new Map<string, Entry>()
  readonly #sessions = new Map<string, Session>()
  /** When members were heard of last. */
  readonly #beats = new Map<string, number>()
  /** Requests whose epoch is not that of their session. */
  readonly #stale = new WeakSet<ShareRequest>()
  /** What members were told that they have: `client partition@offset count`. */
  readonly #told = new Set<string>()
  readonly #past: PastRequest[] = []
  /** Fetches that are under way. */
  readonly #fetches = new Set<ShareRequest>()
  /** Fetches whose connection, or broker, ended before they were answered: what they had acquired nobody was told. */
  #lostCount = 0

  constructor(world: World, options: DeliveriesOptions) {
    this.#world = world
    this.#options = options
  }

  /** A new life of the broker: nobody has anything, and nobody has a session. */
  begins(): void {
    this.#sessions.clear()
    this.#lostCount += this.#fetches.size
    this.#fetches.clear()
    for (const entry of this.#records.values()) {
      entry.hold = undefined
      entry.holds.clear()
      entry.countTold = 0
      entry.finalMs = Number.NEGATIVE_INFINITY
      entry.writtenMs = Number.NEGATIVE_INFINITY
    }
  }

  /** Whether nothing is to be delivered of it any more, so far as anybody knows. */
  isSettled(partition: number, offset: number): boolean {
    const entry = this.#records.get(placeOf(partition, offset))
    const { countMost = 0, lostBefore = 0 } = entry ?? {}
    // Each fetch that was lost may have been a delivery of it.
    if (countMost + this.#lostCount - lostBefore >= this.#options.countMax) return true
    return entry !== undefined && (entry.finalBy !== undefined || entry.maybeFinal > 0 || entry.isSpent)
  }

  /** What is known of a record, in words. */
  describe(partition: number, offset: number): string {
    const entry = this.#records.get(placeOf(partition, offset))
    if (entry === undefined) return `${placeOf(partition, offset)}, never delivered`
    return `${placeOf(partition, offset)}, told ${entry.countTold}, written ${entry.countWritten}`
  }

  /** What members have said in earlier requests of the session that they have, or of one before: not the last two, which may still be under way. */
  get past(): readonly PastRequest[] {
    return this.#past.filter(({ memberId, epoch }) => epoch + 2 < (this.#sessions.get(memberId)?.epoch ?? 0))
  }

  /** A member's application has this record. */
  handedOut(client: string, { partition, offset, deliveryCount }: Delivered): void {
    const what = `${client} ${placeOf(partition, offset)} ${deliveryCount}`
    if (!this.#told.has(what)) this.#world.fail(`handed out what the member was not given: ${what}`)
  }

  /** A member's application was told that the broker has taken an accept or a reject. */
  confirmed(client: string, partition: number, offset: number): void {
    if (this.#records.get(placeOf(partition, offset))?.finalBy !== undefined) return
    this.#world.fail(`${client} takes ${placeOf(partition, offset)} for done, and no broker has said so`)
  }

  arrived(request: ShareRequest): void {
    this.#followSession(request)
    if (request.isFetch) this.#fetches.add(request)
    if (this.#stale.has(request)) return
    const { memberId, epoch, groupId, said } = request
    if (said.length > 0 && epoch > 0) {
      this.#past.push({ memberId, epoch, groupId, said })
      if (this.#past.length > pastMax) this.#past.shift()
    }
    for (const { place, type } of placesOf(said)) {
      const entry = this.#entry(place)
      if (type === types.renew) {
        // Whether it is answered or not: where the setting has become shorter, so has the lock.
        const { arrivedMs } = request
        const { leastMs } = this.#options.locksBetween(arrivedMs, arrivedMs)
        if (entry.hold?.memberId === memberId) entry.hold.untilMs = Math.min(entry.hold.untilMs, arrivedMs + leastMs)
        continue
      }
      if (entry.hold?.memberId === memberId) entry.hold = undefined
      if (isFinal(type)) entry.maybeFinal++
    }
  }

  answered(request: ShareRequest, answer: ShareAnswer): void {
    const { errorCode, acquired } = answer
    this.#fetches.delete(request)
    if (this.#stale.has(request)) {
      if (errorCode !== errorCodes.NONE) return
      this.#world.fail(`an old session was let in: ${request.clientId} with epoch ${request.epoch}`)
      return
    }
    if (errorCode !== errorCodes.NONE) this.#forgetSession(request)
    for (const { place, partition, type } of placesOf(request.said)) {
      const refusal = errorCode === errorCodes.NONE ? (answer.refused.get(partition) ?? 0) : errorCode
      if (refusal === errorCodes.NONE) this.#taken(request, { place, type }, answer.answeredMs)
      else if (isFinal(type) && clearRefusals.has(refusal)) this.#entry(place).maybeFinal--
    }
    for (const range of acquired) this.#acquired(request, range, answer.answeredMs)
  }

  beaten(memberId: string, { goesOn, arrivedMs }: { goesOn: boolean; arrivedMs: number }): void {
    if (!goesOn || this.#isSilent(memberId, arrivedMs)) this.#letGo(memberId)
    this.#beats.set(memberId, arrivedMs)
  }

  closed(connection: object): void {
    for (const request of this.#fetches) {
      if (request.connection === connection && this.#fetches.delete(request)) this.#lostCount++
    }
    for (const [memberId, session] of this.#sessions) {
      if (session.connection !== connection) continue
      this.#sessions.delete(memberId)
      this.#letGo(memberId)
    }
  }

  #followSession(request: ShareRequest): void {
    const { memberId, epoch, connection } = request
    const session = this.#sessions.get(memberId)
    if (epoch > 0) {
      if (session === undefined || (session.epoch !== undefined && session.epoch !== epoch)) this.#stale.add(request)
      else if (session.epoch !== undefined) session.epoch++
      return
    }
    this.#letGo(memberId)
    if (epoch === 0) this.#sessions.set(memberId, { epoch: 1, connection })
    else this.#sessions.delete(memberId)
  }

  /** It was refused: whether its session goes on is not certain. */
  #forgetSession({ memberId }: ShareRequest): void {
    const session = this.#sessions.get(memberId)
    if (session !== undefined) session.epoch = undefined
  }

  /** It may have been taken out of the group. */
  #isSilent(memberId: string, nowMs: number): boolean {
    return nowMs >= (this.#beats.get(memberId) ?? Number.NEGATIVE_INFINITY) + this.#options.sessionMs
  }

  /** Its session ends: what it has may be handed to others. */
  #letGo(memberId: string): void {
    for (const entry of this.#records.values()) if (entry.hold?.memberId === memberId) entry.hold = undefined
  }

  /** The broker has said that this holds. What lies before all that is open is done with, whatever is said of it. */
  #taken(request: ShareRequest, { place, type }: { place: string; type: number }, nowMs: number): void {
    const { memberId, clientId, arrivedMs } = request
    const entry = this.#entry(place)
    const hold = entry.holds.get(memberId)
    const mayBeDone = entry.finalBy !== undefined || entry.isSpent || entry.maybeFinal > (isFinal(type) ? 1 : 0)
    const { remembersLocks, lateMsMax } = this.#options
    const isOver = hold === undefined || (remembersLocks && arrivedMs > hold.overMs + lateMsMax)
    if (isOver && !mayBeDone) {
      const since = hold === undefined ? 'it was never given it' : `its lock was over at ${Math.round(hold.overMs)}`
      this.#world.fail(
        `a late acknowledgement was taken: ${clientId} of ${place} at ${Math.round(arrivedMs)}, ${since}`,
      )
    }
    if (type === types.renew) {
      if (hold === undefined) return
      const { leastMs, mostMs } = this.#options.locksBetween(arrivedMs, nowMs)
      hold.untilMs = arrivedMs + leastMs
      hold.overMs = nowMs + mostMs
    } else if (isFinal(type)) {
      if (entry.finalBy === undefined) entry.finalMs = nowMs
      entry.finalBy ??= clientId
    } else if (hold !== undefined && !mayBeDone && hold.deliveryCount > entry.countWritten) {
      entry.countWritten = hold.deliveryCount
      entry.writtenMs = nowMs
    }
  }

  #acquired(request: ShareRequest, range: AcquiredOffsets, nowMs: number): void {
    const { deliveryCount } = range
    for (let offset = range.firstOffset; offset <= range.lastOffset; offset++) {
      const place = placeOf(range.partition, offset)
      const entry = this.#entry(place)
      this.#judge(request, { place, entry, deliveryCount, nowMs })
      const sinceMs = earliestMs(request, nowMs)
      const { locksBetween, countMax } = this.#options
      const { leastMs, mostMs } = locksBetween(request.arrivedMs, nowMs)
      const hold: Hold = {
        memberId: request.memberId,
        deliveryCount,
        toldMs: nowMs,
        untilMs: sinceMs + leastMs,
        overMs: nowMs + mostMs,
      }
      entry.hold = hold
      entry.holds.set(request.memberId, hold)
      if (deliveryCount > entry.countTold) {
        entry.countTold = deliveryCount
        entry.countToldMs = nowMs
      }
      if (deliveryCount >= countMax) entry.isSpent = true
      entry.countMost = Math.max(entry.countMost, deliveryCount)
      entry.lostBefore = this.#lostCount
      this.#told.add(`${request.clientId} ${place} ${deliveryCount}`)
    }
  }

  #judge(
    request: ShareRequest,
    { place, entry, deliveryCount, nowMs }: { place: string; entry: Entry; deliveryCount: number; nowMs: number },
  ): void {
    const { countMax, remembersLocks } = this.#options
    const sinceMs = earliestMs(request, nowMs)
    const what = `${place} to ${request.clientId} for the ${deliveryCount}. time`
    if (deliveryCount > countMax) this.#world.fail(`delivered too often: ${what}, limit ${countMax}`)
    if (entry.finalBy !== undefined && sinceMs >= entry.finalMs)
      this.#world.fail(`delivered after it was done with: ${what}, confirmed to ${entry.finalBy}`)
    if (deliveryCount <= entry.countWritten && sinceMs >= entry.writtenMs)
      this.#world.fail(`the delivery count fell: ${what}, after ${entry.countWritten} was written down`)
    if (!remembersLocks) return
    if (deliveryCount <= entry.countTold && sinceMs >= entry.countToldMs)
      this.#world.fail(`the delivery count does not grow: ${what}, after ${entry.countTold}`)
    const { hold } = entry
    if (hold === undefined || this.#isSilent(hold.memberId, nowMs)) return
    if (sinceMs > hold.toldMs && nowMs < hold.untilMs)
      this.#world.fail(`with two members at once: ${what}, which ${hold.memberId} has`)
  }

  #entry(place: string): Entry {
    let entry = this.#records.get(place)
    if (entry === undefined) {
      entry = {
        finalBy: undefined,
        finalMs: 0,
        maybeFinal: 0,
        countWritten: 0,
        writtenMs: 0,
        countTold: 0,
        countToldMs: 0,
        hold: undefined,
        holds: new Map(),
        isSpent: false,
        countMost: 0,
        lostBefore: 0,
      }
      this.#records.set(place, entry)
    }
    return entry
  }
}

/** A record in the hands of an application. */
export interface Delivered {
  readonly partition: number
  readonly offset: number
  readonly deliveryCount: number
}

/** When what an answer tells of can have happened at the earliest. */
function earliestMs({ isPrompt, arrivedMs }: ShareRequest, answeredMs: number): number {
  return isPrompt ? answeredMs : arrivedMs
}

function isFinal(type: number): boolean {
  return type === types.accept || type === types.reject || type === types.gap
}

function* placesOf(said: readonly SaidRange[]): IterableIterator<{ place: string; partition: number; type: number }> {
  for (const { partition, firstOffset, lastOffset, types: ofRange } of said) {
    for (let offset = firstOffset; offset <= lastOffset; offset++) {
      const type = (ofRange.length === 1 ? ofRange[0] : ofRange[offset - firstOffset]) ?? types.gap
      yield { place: placeOf(partition, offset), partition, type }
    }
  }
}

function placeOf(partition: number, offset: number): string {
  return `${partition}@${offset}`
}
