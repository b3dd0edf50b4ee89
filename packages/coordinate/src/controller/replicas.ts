/** What leaders and directories tell the controller about replicas: AlterPartition and AssignReplicasToDirs. */
import {
  type AlterPartitionRequest,
  type AlterPartitionRequestPartitionData,
  type AlterPartitionResponse,
  type AlterPartitionResponsePartitionData,
  type AssignReplicasToDirsRequest,
  type AssignReplicasToDirsResponse,
  alterPartitionResponse,
  assignReplicasToDirsResponse,
  createMessage,
  errorCodes,
  type MetadataRecord,
} from '@dorsale/protocol'
import type { PartitionImage, TopicImage } from '../metadata/image.ts'
import { checkBrokerEpoch } from './brokers.ts'
import type { ControllerContext } from './context.ts'
import { isActive, partitionChangeRecordOf } from './partitions.ts'
import type { ControllerResult } from './result.ts'

/** A leader proposes a new in-sync replica set. It counts once the record is committed. */
export function alterPartition(
  context: ControllerContext,
  request: AlterPartitionRequest,
): ControllerResult<AlterPartitionResponse> {
  checkBrokerEpoch(context, request.brokerId, request.brokerEpoch)
  const records: MetadataRecord[] = []
  const reply = createMessage(alterPartitionResponse)
  for (const { topicId, partitions } of request.topics) {
    const topic = context.metadata.topicsById.get(topicId)
    reply.topics.push({
      topicId,
      partitions: partitions.map(data =>
        topic === undefined
          ? refused(data.partitionIndex, errorCodes.UNKNOWN_TOPIC_ID)
          : alterOne(context, request.brokerId, topic, data, records),
      ),
    })
  }
  return { records, reply }
}

function alterOne(
  context: ControllerContext,
  brokerId: number,
  topic: TopicImage,
  data: AlterPartitionRequestPartitionData,
  records: MetadataRecord[],
): AlterPartitionResponsePartitionData {
  const partitionId = data.partitionIndex
  const before = topic.partitions[partitionId]
  if (before === undefined) return refused(partitionId, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  const proposed = data.newIsrWithEpochs.length > 0 ? data.newIsrWithEpochs : data.newIsr.map(withoutEpoch)
  const problem = problemOf(context, brokerId, before, data, proposed)
  if (problem !== undefined) return refused(partitionId, problem)

  const record = partitionChangeRecordOf(
    context,
    { topic, partitionId },
    { isr: proposed.map(each => each.brokerId), leaderRecoveryState: data.leaderRecoveryState },
  )
  if (record === undefined) return accepted(partitionId, before)
  records.push(record)
  if (record.type !== 'PartitionChangeRecord') return refused(partitionId, errorCodes.UNKNOWN_SERVER_ERROR)
  const { isr, leader, leaderRecoveryState } = record.value
  // The proposer no longer leads: a reassignment just ended. It learns the new leader from the metadata.
  if (leader !== -2 && leader !== brokerId) return refused(partitionId, errorCodes.NEW_LEADER_ELECTED)
  return accepted(partitionId, {
    ...before,
    isr: isr ?? before.isr,
    leaderEpoch: leader === -2 ? before.leaderEpoch : before.leaderEpoch + 1,
    leaderRecoveryState: leaderRecoveryState === -1 ? before.leaderRecoveryState : leaderRecoveryState,
    partitionEpoch: before.partitionEpoch + 1,
  })
}

interface ProposedReplica {
  readonly brokerId: number
  /** -1: not checked. */
  readonly brokerEpoch: number
}

function withoutEpoch(brokerId: number): ProposedReplica {
  return { brokerId, brokerEpoch: -1 }
}

const recovered = 0
const recovering = 1

function problemOf(
  context: ControllerContext,
  brokerId: number,
  before: PartitionImage,
  data: AlterPartitionRequestPartitionData,
  proposed: readonly ProposedReplica[],
): number | undefined {
  // The leader knows a later state than we do: we cannot be the active controller.
  if (data.leaderEpoch > before.leaderEpoch) return errorCodes.NOT_CONTROLLER
  if (data.partitionEpoch > before.partitionEpoch) return errorCodes.NOT_CONTROLLER
  if (data.leaderEpoch < before.leaderEpoch) return errorCodes.FENCED_LEADER_EPOCH
  if (brokerId !== before.leader) return errorCodes.INVALID_REQUEST
  if (data.partitionEpoch < before.partitionEpoch) return errorCodes.INVALID_UPDATE_VERSION
  const ids = proposed.map(each => each.brokerId)
  if (ids.length === 0 || new Set(ids).size !== ids.length) return errorCodes.INVALID_REQUEST
  if (!ids.every(id => before.replicas.includes(id)) || !ids.includes(brokerId)) return errorCodes.INVALID_REQUEST
  if (data.leaderRecoveryState === recovering && ids.length > 1) return errorCodes.INVALID_REQUEST
  if (data.leaderRecoveryState === recovering && before.leaderRecoveryState === recovered) {
    return errorCodes.INVALID_REQUEST
  }
  const eligible = proposed.every(({ brokerId: id, brokerEpoch }) => {
    if (!isActive(context, id)) return false
    return brokerEpoch === -1 || context.metadata.brokers.get(id)?.epoch === brokerEpoch
  })
  return eligible ? undefined : errorCodes.INELIGIBLE_REPLICA
}

function refused(partitionIndex: number, errorCode: number): AlterPartitionResponsePartitionData {
  return {
    partitionIndex,
    errorCode,
    leaderId: 0,
    leaderEpoch: 0,
    isr: [],
    leaderRecoveryState: 0,
    partitionEpoch: 0,
  }
}

function accepted(partitionIndex: number, partition: PartitionImage): AlterPartitionResponsePartitionData {
  return {
    partitionIndex,
    errorCode: errorCodes.NONE,
    leaderId: partition.leader,
    leaderEpoch: partition.leaderEpoch,
    isr: [...partition.isr],
    leaderRecoveryState: partition.leaderRecoveryState,
    partitionEpoch: partition.partitionEpoch,
  }
}

/** A broker with several directories tells which of them holds each replica. */
export function assignReplicasToDirs(
  context: ControllerContext,
  request: AssignReplicasToDirsRequest,
): ControllerResult<AssignReplicasToDirsResponse> {
  const broker = checkBrokerEpoch(context, request.brokerId, request.brokerEpoch)
  const records: MetadataRecord[] = []
  const directories = request.directories.map(({ id, topics }) => ({
    id,
    topics: topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: assignOne(context, { brokerId: broker.id, directoryId: id, topicId, partitionIndex }, records),
      })),
    })),
  }))
  return { records, reply: createMessage(assignReplicasToDirsResponse, { directories }) }
}

function assignOne(
  context: ControllerContext,
  assignment: {
    readonly brokerId: number
    readonly directoryId: string
    readonly topicId: string
    readonly partitionIndex: number
  },
  records: MetadataRecord[],
): number {
  const { brokerId, directoryId, topicId, partitionIndex } = assignment
  const topic = context.metadata.topicsById.get(topicId)
  if (topic === undefined) return errorCodes.UNKNOWN_TOPIC_ID
  const partition = topic.partitions[partitionIndex]
  if (partition === undefined) return errorCodes.UNKNOWN_TOPIC_OR_PARTITION
  if (!partition.replicas.includes(brokerId)) return errorCodes.NOT_LEADER_OR_FOLLOWER
  const online = context.metadata.brokers.get(brokerId)!.logDirs.includes(directoryId)
  const record = partitionChangeRecordOf(
    context,
    { topic, partitionId: partitionIndex },
    {
      directories: new Map([[brokerId, directoryId]]),
      // A replica that was found in a directory that is offline is no replica any more.
      ...(online ? {} : { isr: partition.isr.filter(id => id !== brokerId) }),
    },
    id => isActive(context, id) && (online || id !== brokerId),
  )
  if (record !== undefined) records.push(record)
  return errorCodes.NONE
}
