/** Replicas on their way from one directory of a broker to another. */
import { type Clock, DorsaleError, sleep } from '@dorsale/base'
import type { Admin, ReplicaAssignment, ReplicaLogDirInfo, TopicPartitionReplica } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { type CommandIo, write } from '../../command-io.ts'
import { byReplica, finalWord, plural, replicaName } from './moves.ts'

/** A broker that has just been told of a replica does not have it at once: as often as Kafka's tool it is asked again. */
const retryMs = 100

/**
 * Has brokers begin to move replicas, and says so of each. A broker that has no such replica yet is asked again until `timeoutMs` have passed. Throws what else keeps a
 * move from beginning.
 */
export async function beginLogDirMoves(
  admin: Admin,
  io: CommandIo,
  { assignments, timeoutMs }: { assignments: readonly ReplicaAssignment[]; timeoutMs: number },
): Promise<void> {
  const { clock }: { clock: Clock } = io.world
  const endMs = clock.monotonic() + timeoutMs
  let waiting = assignments.toSorted(byReplica)
  for (;;) {
    const outcomes = await admin.alterReplicaLogDirs(waiting).outcomes()
    const failed = outcomes.find(({ error }) => error !== undefined && !isNotThereYet(error))
    if (failed !== undefined)
      throw new DorsaleError('DORSALE_LOG_DIR_MOVE', `Failed to alter dir for ${replicaName(failed.key)}`, {
        cause: failed.error,
      })
    for (const { key, error } of outcomes) {
      if (error === undefined) await write(io.stdout, `${begun(key)}\n`)
    }
    waiting = outcomes.filter(({ error }) => error !== undefined).map(({ key }) => key)
    if (waiting.length === 0) return
    if (clock.monotonic() >= endMs) {
      const names = waiting.map(replicaName).join(',')
      throw finalWord(`Timed out before log directory move${plural(waiting)} could be started for: ${names}`)
    }
    await sleep(clock, retryMs)
  }
}

/** With a blank at its end, as Kafka's tool prints it. */
function begun(move: ReplicaAssignment): string {
  const replica = `replica ${move.topic}-${move.partition} with broker ${move.brokerId}`
  return `Successfully started moving log directory to ${move.logDir} for ${replica} `
}

function isNotThereYet(error: Error): boolean {
  return error instanceof ProtocolError && error.errorCode === errorCodes.REPLICA_NOT_AVAILABLE
}

/** How far a move has come, in Kafka's words, and whether it will not go on. */
export interface LogDirMoveState {
  readonly replica: TopicPartitionReplica
  readonly sentence: string
  readonly isDone: boolean
  /** Where the replica is, while it moves; undefined: it does not. */
  readonly movingFrom: string | undefined
}

/** How far each of the moves has come, by broker, then by partition. */
export async function logDirMoveStates(
  admin: Admin,
  targets: readonly ReplicaAssignment[],
): Promise<LogDirMoveState[]> {
  const outcomes = await admin.describeReplicaLogDirs(targets).outcomes()
  return targets
    .map((target, index) => {
      const outcome = outcomes[index]
      if (outcome?.error !== undefined) throw outcome.error
      return stateOf(target, outcome?.value)
    })
    .toSorted((one, other) => byReplica(one.replica, other.replica))
}

function stateOf(target: ReplicaAssignment, info: ReplicaLogDirInfo | undefined): LogDirMoveState {
  const { topic, partition, brokerId, logDir } = target
  const replica = { topic, partition, brokerId }
  const name = `Partition ${topic}-${partition}`
  const current = info?.currentReplicaLogDir
  const future = info?.futureReplicaLogDir
  const state = (isDone: boolean, sentence: string): LogDirMoveState => {
    return { replica, sentence, isDone, movingFrom: future === undefined ? undefined : current }
  }
  if (current === undefined) {
    const why = 'There is likely an offline log directory on the broker.'
    return state(false, `${name} is not found in any live log dir on broker ${brokerId}. ${why}`)
  }
  if (future === logDir) return state(false, `Reassignment of replica ${replicaName(replica)} is still in progress.`)
  if (future !== undefined)
    return state(false, `${name} on broker ${brokerId} is being moved to log dir ${future} instead of ${logDir}.`)
  if (current === logDir) return state(true, `Reassignment of replica ${replicaName(replica)} completed successfully.`)
  return state(true, `${name} on broker ${brokerId} is not being moved from log dir ${current} to ${logDir}.`)
}
