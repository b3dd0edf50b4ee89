import { type BatchHeader, readRecords } from '@dorsale/protocol'
import type { World } from '../world/world.ts'

/**
 * The markers that readers saw. Where each transaction has an epoch of its own (KIP-890), all of its markers say the same, and none stands in a partition more often
 * than coordinators have taken over.
 */
export class Markers {
  readonly #world: World
  readonly #isNumbered: boolean
  readonly #copiesMax: () => number
  readonly #aborts = new Map<string, boolean>()
  /** Offsets by transaction and partition. */
  readonly #offsets = new Map<string, Set<number>>()

  /** `isNumbered`: each transaction has its own epoch; else nothing is known. `copiesMax`: how often its marker may stand in a partition. */
  constructor(world: World, isNumbered: boolean, copiesMax: () => number) {
    this.#world = world
    this.#isNumbered = isNumbered
    this.#copiesMax = copiesMax
  }

  see(partition: string, header: BatchHeader): void {
    if (!this.#isNumbered) return
    const transaction = `producer ${header.producerId} epoch ${header.producerEpoch}`
    const aborts = isAbort(header)
    const known = this.#aborts.get(transaction)
    if (known === undefined) this.#aborts.set(transaction, aborts)
    else if (known !== aborts) {
      this.#world.fail(
        `torn markers: ${transaction} ${aborts ? 'aborts' : 'commits'} in ${partition} and not elsewhere`,
      )
    }
    const key = `${transaction} ${partition}`
    const offsets = this.#offsets.get(key) ?? new Set()
    this.#offsets.set(key, offsets.add(header.baseOffset))
    if (offsets.size > this.#copiesMax()) {
      this.#world.fail(`markers written twice: ${transaction} ends at ${partition}@${[...offsets].join(' and @')}`)
    }
  }
}

/** A marker's key is its version and its type, two bytes each: 0 aborts. */
export function isAbort(header: BatchHeader): boolean {
  for (const { key } of readRecords(header)) return key !== null && Buffer.from(key).readInt16BE(2) === 0
  return false
}
