import type { World } from '../world/world.ts'

/** What a member says that it holds, in a generation of its group. */
interface Claim {
  owner: string
  generation: number
  partitions: readonly string[]
  /** Those of them that it has had without a break since its claim before. */
  kept?: readonly string[]
}

/**
 * One owner for each partition and generation. Members say what they have been given and what they give up; a static member is one owner, however many lives it
 * has. That two members hold a partition at once is no mistake by itself: one that was stopped does not know that its session is over. Two that claim it in
 * the same generation are. A member that gives a partition up on hearing of a new generation (cooperative hand-over) had it in that generation too: nobody else
 * may have been given it before the next. And whoever keeps a partition from one generation to another has had it all the time: a member without which the group
 * went on, to others who had its partitions for a while, has lost them, and begins anew where those have come to.
 */
export class Ownership {
  readonly #world: World
  /** Owners by generation, by partition. */
  readonly #claims = new Map<string, Map<number, string>>()
  #generationMax = -1

  constructor(world: World) {
    this.#world = world
  }

  /** The newest generation whose members have heard what they are given: it is in the coordinator's log. */
  get generationMax(): number {
    return this.#generationMax
  }

  /** All that a member holds in a generation, or held when it heard of it. */
  claim({ owner, generation, partitions, kept = [] }: Claim): void {
    this.#generationMax = Math.max(this.#generationMax, generation)
    for (const partition of kept) this.#expectUnbroken(owner, { partition, generation })
    for (const partition of partitions) this.#claim(owner, { partition, generation })
  }

  #expectUnbroken(owner: string, { partition, generation }: { partition: string; generation: number }): void {
    const claims = this.#claimsOf(partition)
    const last = Math.max(-1, ...[...claims].filter(([, each]) => each === owner).map(([of]) => of))
    if (last < 0) return
    for (const [between, other] of claims) {
      if (between <= last || between >= generation || other === owner) continue
      this.#world.fail(
        `kept what others had: ${owner} has ${partition} since generation ${last} in ${generation}, and ${other} had it in ${between}`,
      )
    }
  }

  #claim(owner: string, { partition, generation }: { partition: string; generation: number }): void {
    const claims = this.#claimsOf(partition)
    const before = claims.get(generation)
    if (before === undefined) claims.set(generation, owner)
    else if (before !== owner) {
      this.#world.fail(`two owners: ${partition} is ${before}'s and ${owner}'s in generation ${generation}`)
    }
  }

  #claimsOf(partition: string): Map<number, string> {
    const claims = this.#claims.get(partition) ?? new Map<number, string>()
    this.#claims.set(partition, claims)
    return claims
  }
}
