import { DorsaleError, sleep } from '@dorsale/base'
import { type ErrorCode, errorCodes, ProtocolError } from '@dorsale/protocol'
import type { GroupMetrics } from '../metrics/group-metrics.ts'
import { type Backoff, backoffMs } from '../network/backoff.ts'
import { type Cluster, closedError, isRetriable, timeoutError } from '../network/cluster.ts'
import type { ClientWorld } from '../world.ts'
import { commitOffsets, type GroupOffset } from './committed-offsets.ts'
import type { GroupMetadata } from './group-listener.ts'
import { nameOf } from './offset-lookup.ts'

export interface CommitterOptions {
  readonly world: ClientWorld
  readonly cluster: Cluster
  readonly retryBackoff: Backoff
  readonly requestTimeoutMs: number
  readonly metrics: GroupMetrics
  /** Who commits; throws when it has fallen out of the group. */
  member(): GroupMetadata
  /** What a partition is held by since it was given to this member, the same object until it is given up; undefined: nothing to go by. */
  holding(name: string): object | undefined
  /** A commit was refused for what the member is. */
  onRefused(errorCode: ErrorCode, member: GroupMetadata): void
}

/**
 * Commits offsets, one request at a time, so that an older offset never overtakes a newer one. What is to be committed while a request is under way goes with the next,
 * each partition once: a commit after every record costs no more requests than the coordinator answers.
 *
 * A commit does not outlive the assignment that it was made under: whoever gets the partition next, this member too, goes on from what was committed by then, and its
 * next commit would take back one that arrives later.
 */
export class Committer {
  readonly #options: CommitterOptions
  /** At most one entry for each partition, however many wait for it. */
  #pending = new Map<string, Entry>()
  #isSending = false
  #isStopped = false

  constructor(options: CommitterOptions) {
    this.#options = options
  }

  /**
   * Resolves when each of these, or a newer offset of the same partition, is committed. Tries again what may pass until `timeoutMs` are over. Rejects with
   * `DORSALE_COMMIT_FAILED` when this member has fallen out of the group or has given the partition up: others have it, and may handle the records again.
   */
  commit(offsets: readonly GroupOffset[], { timeoutMs }: { timeoutMs: number }): Promise<void> {
    if (this.#isStopped) return Promise.reject(closedError())
    if (offsets.length === 0) return Promise.resolve()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const endMs = this.#options.world.clock.monotonic() + timeoutMs
    const names = new Set(offsets.map(nameOf))
    const call: Call = { open: names.size, error: undefined, endMs, timeoutMs, resolve, reject }
    for (const offset of offsets) {
      const name = nameOf(offset)
      const held = this.#options.holding(name)
      const before = this.#pending.get(name)
      if (before !== undefined && before.held !== held) settle(before, givenUp(name))
      const calls = before !== undefined && before.held === held ? before.calls : []
      if (names.delete(name)) calls.push(call)
      this.#pending.set(name, { offset, held, calls })
    }
    if (!this.#isSending) void this.#send()
    return promise
  }

  /** What is not committed fails. */
  stop(): void {
    this.#isStopped = true
    for (const entry of this.#pending.values()) settle(entry, closedError())
    this.#pending.clear()
  }

  /** Never rejects. */
  async #send(): Promise<void> {
    const { world, retryBackoff } = this.#options
    this.#isSending = true
    let failures = 0
    // What was asked for in this turn goes together.
    await Promise.resolve()
    while (this.#pending.size > 0) {
      this.#dropGivenUp()
      const batch = this.#pending
      if (batch.size === 0) break
      this.#pending = new Map()
      const again = await this.#attempt(batch)
      if (again.size === 0) {
        failures = 0
        continue
      }
      for (const [name, entry] of again) this.#putBack(name, entry)
      failures++
      await sleep(world.clock, backoffMs(retryBackoff, failures, world.prng))
      this.#expire(again)
    }
    this.#isSending = false
  }

  #dropGivenUp(): void {
    for (const [name, entry] of this.#pending) {
      if (entry.held === undefined || entry.held === this.#options.holding(name)) continue
      this.#pending.delete(name)
      settle(entry, givenUp(name))
    }
  }

  /** Settles what is decided. Answers what is to be tried again, with what kept it from being committed. */
  async #attempt(batch: ReadonlyMap<string, Entry>): Promise<Map<string, Entry>> {
    const { cluster, requestTimeoutMs, metrics, world } = this.#options
    const beganMs = world.clock.monotonic()
    const again = new Map<string, Entry>()
    let member: GroupMetadata | undefined
    try {
      member = this.#options.member()
      const offsets = [...batch.values()].map(({ offset }) => offset)
      const refused = await commitOffsets(cluster, member, offsets, { timeoutMs: requestTimeoutMs })
      metrics.onCommitted(world.clock.monotonic() - beganMs)
      for (const [name, entry] of batch) {
        const error = refused.get(name)
        if (error !== undefined && isRetriable(error)) again.set(name, { ...entry, error })
        else settle(entry, error)
      }
    } catch (error) {
      const reason = this.#reasonOf(error as Error, member)
      for (const [name, entry] of batch) {
        if (reason === undefined) again.set(name, { ...entry, error: error as Error })
        else settle(entry, reason)
      }
    }
    return again
  }

  /** Why a refused commit has failed for good; undefined: it may be tried again, perhaps as a member of the next generation. */
  #reasonOf(error: Error, member: GroupMetadata | undefined): Error | undefined {
    if (this.#isStopped) return closedError()
    if (!(error instanceof ProtocolError) || member === undefined) return isRetriable(error) ? undefined : error
    const { errorCode } = error
    switch (errorCode) {
      case errorCodes.REBALANCE_IN_PROGRESS:
      case errorCodes.STALE_MEMBER_EPOCH:
        this.#options.onRefused(errorCode, member)
        return undefined
      case errorCodes.UNKNOWN_MEMBER_ID:
      case errorCodes.ILLEGAL_GENERATION:
      case errorCodes.FENCED_MEMBER_EPOCH:
      case errorCodes.FENCED_INSTANCE_ID: {
        this.#options.onRefused(errorCode, member)
        const now = this.#memberNow()
        // A rebalance was complete while the commit was under way, and what is not given up is still this member's.
        const isNewer = now?.memberId === member.memberId && now.generationId > member.generationId
        return isNewer ? undefined : commitFailed(member, error)
      }
      default:
        return isRetriable(error) ? undefined : error
    }
  }

  #memberNow(): GroupMetadata | undefined {
    try {
      return this.#options.member()
    } catch {
      // It is none.
      return undefined
    }
  }

  /** A newer offset that came meanwhile stands; those who wait for the older one wait for it. */
  #putBack(name: string, entry: Entry): void {
    const newer = this.#pending.get(name)
    if (newer === undefined) this.#pending.set(name, entry)
    else if (newer.held !== entry.held) settle(entry, givenUp(name))
    else newer.calls.unshift(...entry.calls)
  }

  #expire(tried: ReadonlyMap<string, Entry>): void {
    const nowMs = this.#options.world.clock.monotonic()
    for (const [name, entry] of this.#pending) {
      const late = entry.calls.filter(({ endMs }) => endMs <= nowMs)
      if (late.length === 0) continue
      const cause = tried.get(name)?.error
      for (const call of late) close(call, timeoutError(`the commit of ${name}`, call.timeoutMs, cause))
      entry.calls = entry.calls.filter(({ endMs }) => endMs > nowMs)
      if (entry.calls.length === 0) this.#pending.delete(name)
    }
  }
}

interface Call {
  open: number
  error: Error | undefined
  readonly endMs: number
  readonly timeoutMs: number
  resolve(): void
  reject(error: Error): void
}

interface Entry {
  readonly offset: GroupOffset
  readonly held: object | undefined
  calls: Call[]
  /** What kept it from being committed the last time. */
  readonly error?: Error
}

function settle({ calls }: Entry, error: Error | undefined): void {
  for (const call of calls) close(call, error)
}

/** One partition of a call is decided. */
function close(call: Call, error: Error | undefined): void {
  call.error ??= error
  if (--call.open > 0) return
  if (call.error === undefined) call.resolve()
  else call.reject(call.error)
}

/** The member has fallen out of its group, so that it may not commit any more. */
export function commitFailed({ groupId }: { groupId: string }, cause?: unknown): DorsaleError {
  return new DorsaleError(
    'DORSALE_COMMIT_FAILED',
    `this consumer is no member of group ${groupId} any more, so others have its partitions and may handle the records again: ` +
      'ask for the next records more often than max.poll.interval.ms, or handle fewer between two commits',
    { cause },
  )
}

/** The partition went away while its commit was tried again. */
function givenUp(name: string): DorsaleError {
  return new DorsaleError(
    'DORSALE_COMMIT_FAILED',
    `${name} was given up in a rebalance before the commit got through, so its records may be handled again: commit in the \`revoked\` listener what must not be`,
  )
}
