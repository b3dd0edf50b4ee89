import { type Disk, DiskError } from '@dorsale/base'
import { isUuid, zeroUuid } from '@dorsale/protocol'
import { RaftError } from './raft-error.ts'

/**
 * What a voter must remember across restarts: the epoch, who leads it, for whom it voted. Kept in `quorum-state`, one line of JSON:
 *
 * ```
 * v1  {"leaderId":1,"leaderEpoch":3,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}
 * v0  {"clusterId":"","leaderId":1,"leaderEpoch":3,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}
 * ```
 *
 * Version 1 belongs to kraft.version 1 (voters in the log), version 0 to kraft.version 0 (voters in the configuration).
 */
export interface ElectionState {
  /** -1: unknown. */
  readonly leaderId: number
  readonly leaderEpoch: number
  /** -1: no vote in this epoch. */
  readonly votedId: number
  readonly votedDirectoryId: string
  readonly version: 0 | 1
  /** Voters as version 0 lists them; empty at version 1. */
  readonly voters: readonly number[]
}

export const quorumStateFile = 'quorum-state'

/** Undefined when there is no file: a voter that has never taken part. Throws `DORSALE_RAFT_CORRUPT`. */
export function readQuorumState(disk: Disk, path: string): ElectionState | undefined {
  let bytes: Uint8Array
  try {
    bytes = disk.readFileSync(path)
  } catch (error) {
    if (error instanceof DiskError && error.errno === 'ENOENT') return undefined
    throw error
  }
  try {
    return parseQuorumState(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    // Guessing an epoch could make this voter vote twice in one: better not to start.
    throw new RaftError('DORSALE_RAFT_CORRUPT', `${path} is not a quorum state: ${(cause as Error).message}`, { cause })
  }
}

function parseQuorumState(text: string): ElectionState {
  // Kafka writes one line and reads the first line.
  const json: unknown = JSON.parse(text.split('\n', 1)[0]!)
  if (typeof json !== 'object' || json === null) throw new Error('an object was expected')
  const fields = json as Record<string, unknown>
  const version = fields.data_version
  if (version !== 0 && version !== 1) throw new Error(`data_version ${String(version)} is unknown`)
  const integer = (name: string, least: number): number => {
    const value = fields[name]
    if (!Number.isInteger(value) || (value as number) < least) throw new Error(`${name} is ${String(value)}`)
    return value as number
  }
  const votedDirectoryId = version === 1 ? fields.votedDirectoryId : zeroUuid
  if (typeof votedDirectoryId !== 'string' || !isUuid(votedDirectoryId)) throw new Error('votedDirectoryId is no UUID')
  const voters = version === 0 ? (fields.currentVoters ?? []) : []
  if (!Array.isArray(voters)) throw new Error('currentVoters is no list')
  return {
    leaderId: integer('leaderId', -1),
    leaderEpoch: integer('leaderEpoch', 0),
    votedId: integer('votedId', -1),
    votedDirectoryId,
    version,
    voters: voters.map(each => Number((each as { voterId?: unknown }).voterId)),
  }
}

/** The line that Kafka writes, without a line end, fields in Kafka's order. */
export function formatQuorumState(state: ElectionState): string {
  const { leaderId, leaderEpoch, votedId, votedDirectoryId } = state
  if (state.version === 1) {
    return JSON.stringify({ leaderId, leaderEpoch, votedId, votedDirectoryId, data_version: 1 })
  }
  const currentVoters = state.voters.map(voterId => ({ voterId }))
  return JSON.stringify({
    clusterId: '',
    leaderId,
    leaderEpoch,
    votedId,
    appliedOffset: 0,
    currentVoters,
    data_version: 0,
  })
}
