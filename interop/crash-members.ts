import type { Admin } from '@dorsale/client'
import type { ForeignDriver } from './foreign/foreign-driver.ts'
import type { GroupLedger } from './group-ledger.ts'
import { type Running, within } from './processes.ts'

/** Sessions of the dead begin anew with each life of the broker, as in Kafka: they must be over within a long one. */
export const sessionMs = 1500
/** Of the moments at which a member could be killed, or told to leave. */
const deathShare = 0.1
const goodbyeMs = 60_000

/** Members of a group, of a foreign client, that are killed or leave now and then, and are replaced at once. */
export class CrashMembers {
  readonly #driver: ForeignDriver
  readonly #ledger: GroupLedger
  readonly #options: { topic: string; group: string }
  readonly #members: Running[]
  deaths = 0

  constructor(options: { driver: ForeignDriver; ledger: GroupLedger; topic: string; group: string; count: number }) {
    this.#driver = options.driver
    this.#ledger = options.ledger
    this.#options = { topic: options.topic, group: options.group }
    this.#members = Array.from({ length: options.count }, () => this.#start())
  }

  /** Now and then one of them dies, or leaves, and another comes. */
  maybeReplace(): void {
    for (const [index, member] of this.#members.entries()) {
      if (member.outcome !== undefined) throw new Error(`a member ended with ${member.outcome}`)
      const fate = Math.random()
      if (fate >= 2 * deathShare) continue
      if (fate < deathShare) member.child.kill('SIGKILL')
      else member.child.stdin?.end()
      this.deaths++
      this.#members[index] = this.#start()
    }
  }

  /** All leave in good order, which commits what they have read. */
  async leave(): Promise<void> {
    for (const member of this.#members) member.child.stdin?.end()
    for (const member of this.#members) {
      const outcome = await within('a member leaves', goodbyeMs, member.ended)
      if (outcome !== 0) throw new Error(`a member ended with ${outcome}`)
    }
  }

  #start(): Running {
    return this.#driver.startMember({ ...this.#options, sessionMs }, this.#ledger.member())
  }
}

/** The group has committed the end of every partition, and nothing else. */
export async function expectCommitted(
  admin: Admin,
  { topic, group, ends }: { topic: string; group: string; ends: ReadonlyMap<string, number> },
): Promise<void> {
  const [committed = []] = await admin.listConsumerGroupOffsets([{ groupId: group }])
  const offsets = new Map(
    committed.filter(each => each.topic === topic).map(({ partition, offset }) => [String(partition), offset]),
  )
  for (const [partition, end] of ends) {
    if (offsets.get(partition) === end) continue
    throw new Error(`${group} has committed ${offsets.get(partition)} in partition ${partition}, which ends at ${end}`)
  }
}
