import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { ServerConnection } from '@dorsale/transport'

/** A partition that a member of a share group reads. */
export interface ShareTarget {
  readonly topicId: string
  readonly partition: number
}

/** A member of a share group at this broker. */
export interface ShareSession {
  readonly groupId: string
  readonly memberId: string
  /** In the order in which they were named. */
  readonly targets: Map<string, ShareTarget>
  /** The epoch that the next request must carry. */
  epoch: number
}

export interface ShareFetchBegin {
  readonly groupId: string
  readonly memberId: string
  readonly epoch: number
  readonly targets: readonly ShareTarget[]
  readonly forgotten: readonly ShareTarget[]
  /** The request says what became of records. */
  readonly acknowledges: boolean
  readonly connection: ServerConnection
}

/** What a share fetch is to read. */
export interface ShareFetchContext {
  readonly targets: readonly ShareTarget[]
  /** All partitions are told of, not only those with news. */
  readonly isFull: boolean
  /** Undefined: another request has used the session meanwhile (INVALID_SHARE_SESSION_EPOCH). */
  isCurrent(): boolean
}

/** Epochs of requests that open a session, and close it. */
export const shareSessionEpochs = { initial: 0, final: -1 } as const

/**
 * Share sessions (KIP-932): a member names its partitions once; afterwards its requests say what has changed. What a member has acquired is its own for as long as its session lasts:
 * when that ends, or the connection that opened it, everything is available to others at once.
 *
 * ```
 *   request's epoch    0   all partitions are named; opens a session, in the place of the member's former one
 *                     n>0  the n-th request of the session
 *                     -1   closes it
 * ```
 *
 * `group.share.max.share.sessions` bounds the sessions; the one more is refused. Soft state: a session that is gone is answered with an error that makes the client open a new one.
 */
export class ShareSessions {
  readonly #sessionsMax: number
  readonly #onReleased: (session: ShareSession) => void
  readonly #byGroup = new Map<string, Map<string, ShareSession>>()
  /** Sessions that end with a connection. */
  readonly #byConnection = new WeakMap<ServerConnection, Set<ShareSession>>()
  #size = 0

  /** `onReleased`: a session has ended because its connection has. */
  constructor(options: { sessionsMax: number; onReleased: (session: ShareSession) => void }) {
    this.#sessionsMax = options.sessionsMax
    this.#onReleased = options.onReleased
  }

  get size(): number {
    return this.#size
  }

  /**
   * Throws SHARE_SESSION_NOT_FOUND, INVALID_SHARE_SESSION_EPOCH, SHARE_SESSION_LIMIT_REACHED, and INVALID_REQUEST when a session begins with something to say
   * of records that nobody can have got in it.
   */
  begin(request: ShareFetchBegin): ShareFetchContext {
    const { groupId, memberId, epoch } = request
    if (epoch === shareSessionEpochs.final) {
      this.#find(groupId, memberId)
      return { targets: [], isFull: true, isCurrent: () => true }
    }
    if (epoch === shareSessionEpochs.initial) return this.#open(request)
    const session = this.#advance(groupId, memberId, epoch)
    for (const target of request.targets) session.targets.set(keyOf(target), target)
    for (const target of request.forgotten) session.targets.delete(keyOf(target))
    const expected = session.epoch
    return {
      targets: rotated([...session.targets.values()], epoch),
      isFull: false,
      isCurrent: () => session.epoch === expected,
    }
  }

  /** A request that only says what became of records. Throws as `begin`; such a request opens no session. */
  acknowledge(groupId: string, memberId: string, epoch: number): void {
    if (epoch === shareSessionEpochs.initial) throw new ProtocolError(errorCodes.INVALID_SHARE_SESSION_EPOCH)
    if (epoch === shareSessionEpochs.final) this.#find(groupId, memberId)
    else this.#advance(groupId, memberId, epoch)
  }

  /** Ends the session of a member; undefined when there is none. What it has is the caller's to release. */
  end(groupId: string, memberId: string): ShareSession | undefined {
    const members = this.#byGroup.get(groupId)
    const session = members?.get(memberId)
    if (members === undefined || session === undefined) return undefined
    members.delete(memberId)
    if (members.size === 0) this.#byGroup.delete(groupId)
    this.#size--
    return session
  }

  #open({ groupId, memberId, targets, acknowledges, connection }: ShareFetchBegin): ShareFetchContext {
    if (acknowledges) throw new ProtocolError(errorCodes.INVALID_REQUEST)
    this.end(groupId, memberId)
    if (this.#size >= this.#sessionsMax) throw new ProtocolError(errorCodes.SHARE_SESSION_LIMIT_REACHED)
    const byKey = new Map(targets.map(target => [keyOf(target), target]))
    const session: ShareSession = { groupId, memberId, targets: byKey, epoch: 1 }
    let members = this.#byGroup.get(groupId)
    if (members === undefined) {
      members = new Map()
      this.#byGroup.set(groupId, members)
    }
    members.set(memberId, session)
    this.#size++
    this.#tie(session, connection)
    return { targets: [...byKey.values()], isFull: true, isCurrent: () => true }
  }

  #find(groupId: string, memberId: string): ShareSession {
    const session = this.#byGroup.get(groupId)?.get(memberId)
    if (session === undefined) throw new ProtocolError(errorCodes.SHARE_SESSION_NOT_FOUND)
    return session
  }

  #advance(groupId: string, memberId: string, epoch: number): ShareSession {
    const session = this.#find(groupId, memberId)
    if (session.epoch !== epoch) throw new ProtocolError(errorCodes.INVALID_SHARE_SESSION_EPOCH)
    session.epoch = epoch === 0x7fffffff ? 1 : epoch + 1
    return session
  }

  #tie(session: ShareSession, connection: ServerConnection): void {
    const tied = this.#byConnection.get(connection)
    if (tied !== undefined) {
      for (const each of tied) if (!this.#isOpen(each)) tied.delete(each)
      tied.add(session)
      return
    }
    const sessions = new Set([session])
    this.#byConnection.set(connection, sessions)
    connection.onClosed(() => {
      for (const each of sessions) {
        if (!this.#isOpen(each)) continue
        this.end(each.groupId, each.memberId)
        this.#onReleased(each)
      }
    })
  }

  #isOpen(session: ShareSession): boolean {
    return this.#byGroup.get(session.groupId)?.get(session.memberId) === session
  }
}

function keyOf({ topicId, partition }: ShareTarget): string {
  return `${topicId}:${partition}`
}

/** Each request of a session begins with the next partition, so that none starves. */
function rotated<Value>(values: readonly Value[], epoch: number): readonly Value[] {
  const by = values.length === 0 ? 0 : epoch % values.length
  return by === 0 ? values : [...values.slice(by), ...values.slice(0, by)]
}
