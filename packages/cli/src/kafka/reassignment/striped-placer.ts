/**
 * Where `--generate` puts replicas, as Kafka's own placer does (StripedReplicaPlacer, 4.3): leaders go from rack to rack, and within a rack from broker to broker;
 * the other replicas of a partition are taken from the racks that follow, so that no rack gets a second one before each has its first. Where it begins is chance, and
 * when every broker has led once, racks and brokers are shuffled, lest the same neighbours meet again and again.
 */
import { type Prng, randomBelow } from '@dorsale/base'
import { usage } from '../options.ts'

export interface PlaceableBroker {
  readonly nodeId: number
  /** Null: all of these are one rack. */
  readonly rack: string | null
}

export interface PlacementWish {
  readonly partitionCount: number
  readonly replicationFactor: number
}

/** Replicas for each partition, the preferred leader first. Throws a sentence when there are too few brokers. */
export function placeStriped(prng: Prng, brokers: readonly PlaceableBroker[], wish: PlacementWish): number[][] {
  const { partitionCount, replicationFactor } = wish
  if (brokers.length === 0) throw usage('All brokers are currently fenced, or have all their log directories cordoned.')
  if (replicationFactor > brokers.length) {
    const only = `only ${brokers.length} broker(s) are registered or some brokers have all their log directories cordoned.`
    throw usage(`The target replication factor of ${replicationFactor} cannot be reached because ${only}`)
  }
  const racks = new Racks(prng, brokers)
  return Array.from({ length: partitionCount }, () => racks.place(replicationFactor))
}

class Racks {
  readonly #prng: Prng
  readonly #racks: Rack[]
  readonly #brokerCount: number
  #place: number
  /** Partitions since the last shuffle. */
  #epoch = 0

  constructor(prng: Prng, brokers: readonly PlaceableBroker[]) {
    this.#prng = prng
    this.#brokerCount = brokers.length
    const byName = [...Map.groupBy(brokers, ({ rack }) => rack ?? '')]
    this.#racks = byName.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, own]) => new Rack(prng, own))
    this.#place = randomBelow(prng, this.#racks.length)
  }

  place(replicationFactor: number): number[] {
    if (this.#epoch === this.#brokerCount && this.#brokerCount > 1) {
      shuffle(this.#prng, this.#racks)
      for (const rack of this.#racks) rack.shuffle()
      this.#epoch = 0
    }
    const begin = this.#place % this.#racks.length
    let first = begin
    let leader = this.#racks[first]!.next(this.#epoch)
    // After a shuffle the turn may come to a rack that nobody has asked since the first partition, and that believes to have given.
    while (leader === undefined) {
      first = (first + 1) % this.#racks.length
      leader = this.#racks[first]!.next(this.#epoch)
    }
    const replicas = [leader]
    let passesFirst = true
    for (let at = begin; replicas.length < replicationFactor; at = (at + 1) % this.#racks.length) {
      // The leader was this rack's turn.
      if (passesFirst && at === first) passesFirst = false
      else {
        const next = this.#racks[at]!.next(this.#epoch)
        if (next !== undefined) replicas.push(next)
      }
    }
    this.#epoch++
    this.#place = begin + 1
    return replicas
  }
}

class Rack {
  readonly #prng: Prng
  readonly #brokerIds: number[]
  #offset: number
  #taken = 0
  #epoch = 0

  constructor(prng: Prng, brokers: readonly PlaceableBroker[]) {
    this.#prng = prng
    this.#brokerIds = brokers.map(({ nodeId }) => nodeId).sort((one, other) => one - other)
    this.#offset = randomBelow(prng, this.#brokerIds.length)
  }

  /** A broker that this partition (`epoch`) has not got yet; undefined when there is none. */
  next(epoch: number): number | undefined {
    const count = this.#brokerIds.length
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#taken = 0
      this.#offset = (this.#offset + 1) % count
    }
    return this.#taken < count ? this.#brokerIds[(this.#offset + this.#taken++) % count] : undefined
  }

  shuffle(): void {
    shuffle(this.#prng, this.#brokerIds)
  }
}

function shuffle(prng: Prng, things: unknown[]): void {
  for (let left = things.length; left > 1; left--) {
    const at = randomBelow(prng, left)
    const thing = things[at]
    things[at] = things[left - 1]
    things[left - 1] = thing
  }
}
