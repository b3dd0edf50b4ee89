/** Where records go when their key alone should not decide: partitioners of an application. Each is handed to a producer as `partitioner`, beside its settings. */
import { murmur2, type Partitioner, partitionOfKey } from '@dorsale/client'

/** A place for records that may go anywhere: in turn, so that no partition gets more than its part. */
function anywhere(): (partitionCount: number) => number {
  let next = 0
  return partitionCount => next++ % partitionCount
}

/**
 * All records of a tenant in one partition: keys are `tenant:entity`. Order holds across the entities of a tenant, and a tenant with much traffic makes a partition hot; the default
 * partitioner, which hashes the whole key, spreads better and keeps the order of each entity.
 */
export function tenantPartitioner(separator = ':'): Partitioner {
  const place = anywhere()
  return ({ key, partitions }) => {
    if (key === null) return place(partitions.length)
    const text = Buffer.from(key).toString()
    const end = text.indexOf(separator)
    return partitionOfKey(Buffer.from(end > 0 ? text.slice(0, end) : text), partitions.length)
  }
}

/**
 * Partitions by region, so that those who read a region read its partitions alone: keys are `EU-customer123`. The key decides within the range of its region, so that order holds.
 * `ranges` are the first partition of each region and the first that is not its own; a region that has none, or a topic with fewer partitions, is spread over all.
 */
export function geoPartitioner(ranges: Readonly<Record<string, readonly [from: number, to: number]>>): Partitioner {
  const place = anywhere()
  return ({ key, partitions }) => {
    if (key === null) return place(partitions.length)
    const [region = ''] = Buffer.from(key).toString().split('-')
    const [from, to] = ranges[region] ?? [0, partitions.length]
    if (to > partitions.length) return partitionOfKey(key, partitions.length)
    return from + partitionOfKey(key, to - from)
  }
}

export interface AdaptiveOptions {
  /** Records of one key in a minute from which on it is hot. Default: 10,000. */
  readonly hotPerMinute?: number
  /** How many partitions a hot key is spread over. Default: 4. */
  readonly spread?: number
  /** Milliseconds. Default: the clock of the process. */
  readonly now?: () => number
}

/**
 * Spreads what a few keys have too much of. It gives their order up, and only theirs: a key is hot when it was sent more often than `hotPerMinute` since its minute began, so that
 * the first records of a key never are, and is judged anew each minute. Keys are forgotten with their minute.
 */
export function adaptivePartitioner(options: AdaptiveOptions = {}): Partitioner {
  const { hotPerMinute = 10_000, spread = 4, now = Date.now } = options
  const place = anywhere()
  let counts = new Map<string, number>()
  let beganMs = now()
  return ({ topic, key, partitions }) => {
    if (key === null) return place(partitions.length)
    if (now() - beganMs >= minuteMs) {
      counts = new Map()
      beganMs = now()
    }
    const name = `${topic}:${Buffer.from(key).toString('latin1')}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    const home = partitionOfKey(key, partitions.length)
    if (count <= hotPerMinute) return home
    return (home + (count % Math.min(spread, partitions.length))) % partitions.length
  }
}

const minuteMs = 60_000

/**
 * How evenly keys would spread: the part of the partitions that gets none of them. Ten countries leave nine tenths of a hundred partitions empty; `country:customer` would not.
 */
export function emptyPart(keys: Iterable<string>, partitionCount: number): number {
  const used = new Set([...keys].map(key => (murmur2(Buffer.from(key)) & 0x7fffffff) % partitionCount))
  return 1 - used.size / partitionCount
}
