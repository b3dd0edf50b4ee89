import type { Timer } from '@dorsale/base'
import type { ShardTimers } from '../../shard/coordinator-shard.ts'
import type { Step } from '../../shard/step.ts'
import type { GroupRecord } from '../group-records.ts'

/** What waits for a member of a group. */
export type MemberTimer = 'session' | 'rebalance' | 'join' | 'sync'

/** Timers of members, at most one of each kind: soft state, found by name since the members themselves come and go by replay. */
export class MemberTimers {
  readonly #timers: ShardTimers<GroupRecord>
  readonly #byKey = new Map<string, Timer>()

  constructor(timers: ShardTimers<GroupRecord>) {
    this.#timers = timers
  }

  /** Sets the timer anew. */
  set(
    kind: MemberTimer,
    groupId: string,
    memberId: string,
    delayMs: number,
    operation: (step: Step<GroupRecord>) => void,
  ): void {
    const key = keyOf(kind, groupId, memberId)
    this.#byKey.get(key)?.cancel()
    const timer = this.#timers.set(delayMs, step => {
      this.#byKey.delete(key)
      operation(step)
    })
    this.#byKey.set(key, timer)
  }

  /** Leaves one that runs alone. */
  setIfAbsent(
    kind: MemberTimer,
    groupId: string,
    memberId: string,
    delayMs: number,
    operation: (step: Step<GroupRecord>) => void,
  ): void {
    if (!this.#byKey.has(keyOf(kind, groupId, memberId))) this.set(kind, groupId, memberId, delayMs, operation)
  }

  cancel(kind: MemberTimer, groupId: string, memberId: string): void {
    const key = keyOf(kind, groupId, memberId)
    this.#byKey.get(key)?.cancel()
    this.#byKey.delete(key)
  }

  cancelAll(groupId: string, memberId: string): void {
    for (const kind of ['session', 'rebalance', 'join', 'sync'] as const) this.cancel(kind, groupId, memberId)
  }
}

/** A zero cannot stand in the way: group ids with one would still differ in what follows it. */
function keyOf(kind: MemberTimer, groupId: string, memberId: string): string {
  return `${kind}\0${groupId.length}\0${groupId}\0${memberId}`
}
