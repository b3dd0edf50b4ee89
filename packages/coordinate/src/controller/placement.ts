/**
 * Where the replicas of new partitions go: leaders spread over racks and over the brokers of a rack, replicas of one partition on
 * different racks as far as there are racks, never two on one broker. The start is random so that topics do not all begin on the same broker.
 * A fenced broker may hold a replica (it will catch up) but never the first, which leads.
 */
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { ControllerContext } from './context.ts'
import { isActive } from './partitions.ts'

interface Rack {
  readonly active: readonly number[]
  readonly inactive: readonly number[]
}

/** Replicas for `partitionCount` partitions. Throws INVALID_REPLICATION_FACTOR when there are too few brokers. */
export function placeReplicas(
  context: ControllerContext,
  { partitionCount, replicationFactor }: { readonly partitionCount: number; readonly replicationFactor: number },
): number[][] {
  const racks = racksOf(context)
  const brokerCount = racks.reduce((sum, rack) => sum + rack.active.length + rack.inactive.length, 0)
  if (racks.every(rack => rack.active.length === 0)) {
    const someLeave = [...context.metadata.brokers.values()].some(
      broker => !broker.fenced && broker.inControlledShutdown,
    )
    throw invalidReplicationFactor(
      someLeave
        ? 'All brokers are currently fenced or in controlled shutdown.'
        : 'All brokers are currently fenced, or have all their log directories cordoned.',
    )
  }
  if (replicationFactor > brokerCount) {
    throw invalidReplicationFactor(
      `The target replication factor of ${replicationFactor} cannot be reached because only ${brokerCount} broker(s) are registered or some brokers have all their log directories cordoned.`,
    )
  }
  const start = context.prng.uint32()
  return Array.from({ length: partitionCount }, (_, index) => placeOne(racks, start + index, replicationFactor))
}

/** The partition whose turn is `turn`: its leader from rack `turn`, the next replicas from the racks that follow. */
function placeOne(racks: readonly Rack[], turn: number, replicationFactor: number): number[] {
  const replicas: number[] = []
  const lap = Math.floor(turn / racks.length)
  for (let step = 0; replicas.length === 0; step++) {
    const { active } = racks[(turn + step) % racks.length]!
    if (active.length > 0) replicas.push(active[(lap + step) % active.length]!)
  }
  const leaderRack = racks.findIndex(rack => rack.active.includes(replicas[0]!))
  for (let step = 1; replicas.length < replicationFactor; step++) {
    const rack = racks[(leaderRack + step) % racks.length]!
    const next = rotated(rack.active, lap)
      .concat(rotated(rack.inactive, lap))
      .find(id => !replicas.includes(id))
    if (next !== undefined) replicas.push(next)
  }
  return replicas
}

function racksOf(context: ControllerContext): Rack[] {
  const racks = new Map<string, { active: number[]; inactive: number[] }>()
  for (const broker of [...context.metadata.brokers.values()].sort((left, right) => left.id - right.id)) {
    const cordoned = broker.cordonedLogDirs ?? []
    if (broker.logDirs.length > 0 && broker.logDirs.every(id => cordoned.includes(id))) continue
    const rack = racks.get(broker.rack ?? '') ?? { active: [], inactive: [] }
    racks.set(broker.rack ?? '', rack)
    if (isActive(context, broker.id)) rack.active.push(broker.id)
    else rack.inactive.push(broker.id)
  }
  return [...racks.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, rack]) => rack)
}

function rotated(list: readonly number[], by: number): number[] {
  const start = list.length === 0 ? 0 : by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}

function invalidReplicationFactor(message: string): ProtocolError {
  return new ProtocolError(errorCodes.INVALID_REPLICATION_FACTOR, message)
}
