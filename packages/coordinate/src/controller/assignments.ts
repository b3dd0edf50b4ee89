import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { ControllerContext } from './context.ts'

/** Refuses replicas that a partition cannot have. `replicationFactor`: that of the partitions before it; undefined: none was set yet. */
export function checkAssignment(
  context: ControllerContext,
  brokerIds: readonly number[],
  replicationFactor: number | undefined,
): void {
  if (brokerIds.length === 0) {
    throw invalidAssignment('The manual partition assignment includes an empty replica list.')
  }
  let previous: number | undefined
  for (const brokerId of [...brokerIds].sort((left, right) => left - right)) {
    const broker = context.metadata.brokers.get(brokerId)
    if (broker === undefined) {
      throw invalidAssignment(
        `The manual partition assignment includes broker ${brokerId}, but no such broker is registered.`,
      )
    }
    if (brokerId === previous) {
      throw invalidAssignment(`The manual partition assignment includes the broker ${brokerId} more than once.`)
    }
    previous = brokerId
    const cordoned = broker.cordonedLogDirs ?? []
    if (broker.logDirs.length > 0 && broker.logDirs.every(id => cordoned.includes(id))) {
      throw invalidAssignment(
        `The manual partition assignment includes broker ${brokerId}, but all its log directories are cordoned.`,
      )
    }
  }
  if (replicationFactor !== undefined && brokerIds.length !== replicationFactor) {
    throw invalidAssignment(
      `The manual partition assignment includes a partition with ${brokerIds.length} replica(s), but this is not consistent with previous partitions, which have ${replicationFactor} replica(s).`,
    )
  }
}

export function invalidAssignment(message: string): ProtocolError {
  return new ProtocolError(errorCodes.INVALID_REPLICA_ASSIGNMENT, message)
}
