/**
 * Which brokers have been heard of lately. Soft state: a new active controller counts every broker's silence from its own start.
 */
export class BrokerSessions {
  readonly #timeoutMs: number
  readonly #sessions = new Map<number, Session>()

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** A heartbeat or a registration. `now` is monotonic, in milliseconds. */
  touch(brokerId: number, session: { readonly epoch: number; readonly metadataOffset: number }, now: number): void {
    this.#sessions.set(brokerId, {
      ...session,
      lastContact: now,
      shutdownOffset: this.#sessions.get(brokerId)?.shutdownOffset ?? -1,
    })
  }

  /** The broker asked to leave; it may go once the other brokers have seen this offset. */
  beginShutdown(brokerId: number, offset: number): void {
    const session = this.#sessions.get(brokerId)
    if (session !== undefined) this.#sessions.set(brokerId, { ...session, shutdownOffset: offset })
  }

  /** Offset of the records that moved its leaderships away; -1 when it has not asked to leave. */
  shutdownOffset(brokerId: number): number {
    return this.#sessions.get(brokerId)?.shutdownOffset ?? -1
  }

  /** Smallest metadata offset that a broker with a session has reported, without the one named. */
  lowestMetadataOffset(except: number): number {
    let lowest = Number.POSITIVE_INFINITY
    for (const [id, session] of this.#sessions) if (id !== except) lowest = Math.min(lowest, session.metadataOffset)
    return lowest
  }

  forget(brokerId: number): void {
    this.#sessions.delete(brokerId)
  }

  isLive(brokerId: number, epoch: number, now: number): boolean {
    const session = this.#sessions.get(brokerId)
    return session !== undefined && session.epoch === epoch && now - session.lastContact < this.#timeoutMs
  }

  /** The broker, other than the one named, that has been silent the longest beyond the timeout. */
  stalest(now: number, except: number): number | undefined {
    let found: number | undefined
    let oldest = now - this.#timeoutMs
    for (const [id, session] of this.#sessions) {
      if (id !== except && session.lastContact <= oldest) {
        found = id
        oldest = session.lastContact
      }
    }
    return found
  }
}

interface Session {
  readonly epoch: number
  readonly metadataOffset: number
  readonly lastContact: number
  readonly shutdownOffset: number
}
