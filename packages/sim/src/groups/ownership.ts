import type { World } from '../world/world.ts'

/** Who holds a partition, as the members say; the generation is that of their group. */
interface Claim {
  partition: string
  generation: number
}

/**
 * One owner for each partition and generation. Members say what they have been given and what they give up; a static member is one owner, however many lives it
 * has. That two members hold a partition at once is no mistake by itself: one that was stopped does not know that its session is over. Two that claim it in
 * the same generation are. A member that gives a partition up on hearing of a new generation (cooperative hand-over) had it in that generation too: nobody else
 * may have been given it before the next.
 */
export class Ownership {
  readonly #world: World
  /** By generation and partition. */
  readonly #owners = new Map<string, string>()
  #generationMax = -1

  constructor(world: World) {
    this.#world = world
  }

  /** The newest generation whose members have heard what they are given: it is in the coordinator's log. */
  get generationMax(): number {
    return this.#generationMax
  }

  /** All that a member holds in a generation, or held when it heard of it. */
  claim(owner: string, generation: number, partitions: readonly string[]): void {
    this.#generationMax = Math.max(this.#generationMax, generation)
    for (const partition of partitions) this.#claim(owner, { partition, generation })
  }

  #claim(owner: string, { partition, generation }: Claim): void {
    const key = `${generation} ${partition}`
    const before = this.#owners.get(key)
    if (before === undefined) this.#owners.set(key, owner)
    else if (before !== owner) {
      this.#world.fail(`two owners: ${partition} is ${before}'s and ${owner}'s in generation ${generation}`)
    }
  }
}
