/**
 * How one partition changes: who leads, who is in sync, who may still be elected. Everything that changes a partition (ISR changes,
 * fencing, shutdown, elections) comes through `changePartition`, so that the rules stand in one place.
 *
 * With eligible leader replicas (KIP-966) the ISR may run empty: those who leave it while it is below `min.insync.replicas` still hold all
 * committed records, stay eligible, and any of them may be elected without loss; the last leader is remembered in `lastKnownElr`.
 */
import { createMessage, directoryIds, type PartitionChangeRecord, partitionChangeRecord } from '@dorsale/protocol'
import type { PartitionImage } from '../metadata/image.ts'

export type Election =
  /** Keep the leader if it can stay, else elect from the ISR or the eligible replicas. */
  | 'online'
  /** Go back to the preferred leader if it can lead. */
  | 'preferred'
  /** As `online`, and if nobody qualifies take any live replica: records may be lost. */
  | 'unclean'

export interface PartitionChange {
  /** Where the partition is to be, with those that come and those that go: a reassignment begins, or is cancelled. */
  readonly replicas?: readonly number[]
  readonly addingReplicas?: readonly number[]
  readonly removingReplicas?: readonly number[]
  readonly isr?: readonly number[]
  /** Directory of a replica, by broker id. */
  readonly directories?: ReadonlyMap<number, string>
  readonly leaderRecoveryState?: number
  readonly election?: Election
  /** Replicas that died without a clean stop: what they hold beyond the last fsync is in doubt, so they are not eligible. */
  readonly uncleanShutdownReplicas?: readonly number[]
}

export interface PartitionRules {
  readonly topicId: string
  readonly partitionId: number
  readonly minInSyncReplicas: number
  /** eligible.leader.replicas.version is at least 1. */
  readonly elrEnabled: boolean
  /** metadata.version knows replicas' directories. */
  readonly directoriesSupported: boolean
  isAcceptableLeader(brokerId: number): boolean
}

export const noLeader = -1
const noLeaderChange = -2
const recovering = 1

interface Targets {
  isr: readonly number[]
  elr: readonly number[]
  replicas: readonly number[]
  removing: readonly number[]
  adding: readonly number[]
}

/** The record of a change; undefined when there is nothing to change. */
export function changePartition(
  before: PartitionImage,
  change: PartitionChange,
  rules: PartitionRules,
): PartitionChangeRecord | undefined {
  const record = createMessage(partitionChangeRecord, { topicId: rules.topicId, partitionId: rules.partitionId })
  const targets: Targets = {
    isr: change.isr ?? before.isr,
    elr: before.elr,
    replicas: change.replicas ?? before.replicas,
    removing: change.removingReplicas ?? before.removingReplicas,
    adding: change.addingReplicas ?? before.addingReplicas,
  }
  completeReassignment(targets)
  targets.elr = eligibleReplicas(before, targets, change, rules)

  const elected = electLeader(before, targets, change.election ?? 'online', rules)
  if (elected.leader !== before.leader) {
    if (targets.elr.includes(elected.leader)) {
      targets.isr = [elected.leader]
      targets.elr = targets.elr.filter(id => id !== elected.leader)
    }
    record.leader = elected.leader
    if (elected.unclean) {
      // Whatever the others hold may differ from the new leader's log: only it is in sync now.
      record.isr = [elected.leader]
      targets.elr = []
      if (before.leaderRecoveryState !== recovering) record.leaderRecoveryState = recovering
    }
  }
  // A replica that left needs a new leader epoch, to be fenced off.
  if (record.leader === noLeaderChange && before.replicas.some(id => !targets.replicas.includes(id))) {
    record.leader = before.leader
  }

  if (!sameList(targets.elr, before.elr)) record.eligibleLeaderReplicas = [...targets.elr]
  if (record.isr === null && !sameList(targets.isr, before.isr) && (targets.isr.length > 0 || rules.elrEnabled)) {
    record.isr = [...targets.isr]
  }
  noteLastLeader(before, record, rules)
  noteAssignment(before, record, targets, change, rules)
  if (change.leaderRecoveryState !== undefined && change.leaderRecoveryState !== before.leaderRecoveryState) {
    record.leaderRecoveryState = change.leaderRecoveryState
  }
  return isNoOp(record) ? undefined : record
}

/** A reassignment is complete when every added replica is in sync and one that stays is. */
function completeReassignment(targets: Targets): void {
  if (targets.adding.length + targets.removing.length === 0) return
  const replicas = targets.replicas.filter(id => !targets.removing.includes(id))
  const isr = targets.isr.filter(id => replicas.includes(id))
  if (replicas.length === 0 || isr.length === 0 || !targets.adding.every(id => isr.includes(id))) return
  targets.replicas = replicas
  targets.isr = isr
  targets.adding = []
  targets.removing = []
}

function eligibleReplicas(
  before: PartitionImage,
  targets: Targets,
  change: PartitionChange,
  rules: PartitionRules,
): readonly number[] {
  if (!rules.elrEnabled || targets.isr.length >= rules.minInSyncReplicas) return []
  const candidates = new Set([...before.elr, ...before.isr])
  return [...candidates].filter(
    id => !targets.isr.includes(id) && !(change.uncleanShutdownReplicas?.includes(id) ?? false),
  )
}

function electLeader(
  before: PartitionImage,
  targets: Targets,
  election: Election,
  rules: PartitionRules,
): { leader: number; unclean: boolean } {
  const qualifies = (id: number): boolean =>
    (targets.isr.includes(id) || (targets.isr.length === 0 && targets.elr.includes(id))) && rules.isAcceptableLeader(id)

  const preferred = targets.replicas[0]!
  if (election === 'preferred' && qualifies(preferred)) return { leader: preferred, unclean: false }
  if (qualifies(before.leader)) return { leader: before.leader, unclean: false }
  const clean = targets.replicas.find(qualifies)
  if (clean !== undefined) return { leader: clean, unclean: false }
  const lastLeader = lastKnownLeader(before, targets, rules)
  if (lastLeader !== undefined) return { leader: lastLeader, unclean: true }
  if (election === 'unclean') {
    const any = targets.replicas.find(id => rules.isAcceptableLeader(id))
    if (any !== undefined) return { leader: any, unclean: true }
  }
  return { leader: noLeader, unclean: false }
}

/** When nobody is in sync or eligible, the last leader is the best that is left: it holds at least what it acknowledged and synced. */
function lastKnownLeader(before: PartitionImage, targets: Targets, rules: PartitionRules): number | undefined {
  if (!rules.elrEnabled || targets.elr.length + targets.isr.length > 0 || before.lastKnownElr.length !== 1)
    return undefined
  const last = before.lastKnownElr[0]!
  return rules.isAcceptableLeader(last) ? last : undefined
}

function noteLastLeader(before: PartitionImage, record: PartitionChangeRecord, rules: PartitionRules): void {
  if (!rules.elrEnabled) return
  const losesLast = record.isr !== null && record.isr.length === 0
  if (losesLast && !(before.lastKnownElr.length === 1 && before.lastKnownElr[0] === before.leader)) {
    // Only when the partition becomes leaderless: later changes without a leader know nothing better.
    if (before.leader !== noLeader) record.lastKnownElr = [before.leader]
    return
  }
  const hasLeader = record.leader >= 0 || (before.leader !== noLeader && record.leader !== noLeader)
  if (hasLeader && before.lastKnownElr.length > 0) record.lastKnownElr = []
}

function noteAssignment(
  before: PartitionImage,
  record: PartitionChangeRecord,
  targets: Targets,
  change: PartitionChange,
  rules: PartitionRules,
): void {
  if (rules.directoriesSupported) {
    const directories = targets.replicas.map(
      id => change.directories?.get(id) ?? before.directories[before.replicas.indexOf(id)] ?? directoryIds.unassigned,
    )
    if (!sameList(directories, before.directories)) record.directories = directories
  }
  if (!sameList(targets.replicas, before.replicas)) record.replicas = [...targets.replicas]
  if (!sameList(targets.removing, before.removingReplicas)) record.removingReplicas = [...targets.removing]
  if (!sameList(targets.adding, before.addingReplicas)) record.addingReplicas = [...targets.adding]
}

function isNoOp(record: PartitionChangeRecord): boolean {
  return (
    record.isr === null &&
    record.eligibleLeaderReplicas === null &&
    record.lastKnownElr === null &&
    record.leader === noLeaderChange &&
    record.replicas === null &&
    record.removingReplicas === null &&
    record.addingReplicas === null &&
    record.leaderRecoveryState === -1 &&
    record.directories === null
  )
}

function sameList<T>(left: readonly T[], right: readonly T[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index])
}
