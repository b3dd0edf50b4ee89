/** OffsetCommit: offsets of a group's members, and of consumers that use the coordinator for their offsets alone. */
import { errorCodes, type OffsetCommitRequest, type OffsetCommitResponseTopic, ProtocolError } from '@dorsale/protocol'
import type { ClassicGroup } from '../classic/classic-group.ts'
import { restartSession } from '../classic/rebalance.ts'
import type { ConsumerGroup } from '../consumer/consumer-group.ts'
import { assignmentEpochOf, type ConsumerMember } from '../consumer/consumer-member.ts'
import type { GroupContext, GroupStep } from '../group-context.ts'
import { type GroupRecord, groupRecord } from '../group-records.ts'

/** Commits name groups that are not there by GROUP_ID_NOT_FOUND, and members of consumer groups may commit, from this version on. */
const groupErrorVersion = 9
/** Of TxnOffsetCommit, likewise; it also tells a member that is behind by STALE_MEMBER_EPOCH. */
const transactionalErrorVersion = 6
const valueVersion = 4
/** The only one with a place for the time of expiry. */
const expiringValueVersion = 1

/** What OffsetCommit and TxnOffsetCommit have in common. */
export interface CommitRequest
  extends Pick<
    OffsetCommitRequest,
    'groupId' | 'generationIdOrMemberEpoch' | 'memberId' | 'groupInstanceId' | 'retentionTimeMs' | 'topics'
  > {
  /** The offsets count when the transaction of their producer commits. Default false. */
  readonly isTransactional?: boolean
}

/**
 * Writes down the offsets of a request whose topics are known to exist, names resolved. Throws what holds for the request as a whole; answers the
 * topics with an error for each partition.
 */
export function commitOffsets(
  context: GroupContext,
  step: GroupStep,
  request: CommitRequest,
  apiVersion: number,
): OffsetCommitResponseTopic[] {
  const checkPartition = checkCommit(context, request, apiVersion)
  const { groupId, retentionTimeMs } = request
  const expireTimestamp = retentionTimeMs === -1 ? -1 : step.now + retentionTimeMs
  return request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => {
      checkPartition?.(topicId, partitionIndex)
      const metadata = committedMetadata ?? ''
      if (metadata.length > context.config.offsetMetadataMax) {
        return { partitionIndex, errorCode: errorCodes.OFFSET_METADATA_TOO_LARGE }
      }
      step.append(
        offsetCommitRecord(groupId, name, partitionIndex, {
          offset: committedOffset,
          leaderEpoch: committedLeaderEpoch,
          metadata,
          commitTimestamp: step.now,
          expireTimestamp,
          topicId,
        }),
      )
      return { partitionIndex, errorCode: errorCodes.NONE }
    }),
  }))
}

function offsetCommitRecord(
  group: string,
  topic: string,
  partition: number,
  value: {
    offset: number
    leaderEpoch: number
    metadata: string
    commitTimestamp: number
    expireTimestamp: number
    topicId: string
  },
): GroupRecord {
  const version = value.expireTimestamp === -1 ? valueVersion : expiringValueVersion
  return groupRecord('OffsetCommit', { group, topic, partition }, version, value)
}

/** Throws when a partition may not be committed. */
type PartitionCheck = (topicId: string, partition: number) => void

/**
 * Whether the sender may commit for this group now; throws if not. A group that is not there is made by the first commit, when its record is replayed.
 * What is answered is to be asked about each partition.
 */
function checkCommit(context: GroupContext, request: CommitRequest, apiVersion: number): PartitionCheck | undefined {
  const { groupId, generationIdOrMemberEpoch, memberId, groupInstanceId, isTransactional = false } = request
  const group = context.groups.get(groupId)
  if (group === undefined) {
    if (generationIdOrMemberEpoch < 0) return undefined
    const knowsError = apiVersion >= (isTransactional ? transactionalErrorVersion : groupErrorVersion)
    throw new ProtocolError(knowsError ? errorCodes.GROUP_ID_NOT_FOUND : errorCodes.ILLEGAL_GENERATION)
  }
  if (group.kind === 'consumer') return checkConsumerCommit(group, request, apiVersion)
  // How far a share group is its share coordinator knows.
  if (group.kind === 'share') throw new ProtocolError(errorCodes.GROUP_ID_NOT_FOUND)
  checkClassicCommit(context, group, {
    memberId,
    groupInstanceId,
    generationId: generationIdOrMemberEpoch,
    isTransactional,
  })
  return undefined
}

function checkConsumerCommit(
  group: ConsumerGroup,
  request: CommitRequest,
  apiVersion: number,
): PartitionCheck | undefined {
  const { generationIdOrMemberEpoch: epoch, memberId, groupInstanceId, isTransactional = false } = request
  if (epoch < 0 && group.isEmpty) return undefined
  // A transactional producer that does not say whose offsets they are.
  if (isTransactional && epoch === -1 && memberId === '' && groupInstanceId === null) return undefined
  const member = group.member(memberId)
  if (!isTransactional && member.classic === null && apiVersion < groupErrorVersion) {
    throw new ProtocolError(errorCodes.UNSUPPORTED_VERSION)
  }
  if (epoch === member.memberEpoch) return undefined
  const stale = staleError(member, isTransactional, apiVersion)
  if (epoch > member.memberEpoch) throw stale
  // Behind by an epoch that it may not have heard of yet: what it has had since then is still its own (KIP-1251).
  return (topicId, partition) => {
    const assignedIn = assignmentEpochOf(member, topicId, partition)
    if (assignedIn === undefined || epoch < assignedIn) throw stale
  }
}

function staleError(member: ConsumerMember, isTransactional: boolean, apiVersion: number): ProtocolError {
  const isTold = member.classic === null && (!isTransactional || apiVersion >= transactionalErrorVersion)
  return new ProtocolError(isTold ? errorCodes.STALE_MEMBER_EPOCH : errorCodes.ILLEGAL_GENERATION)
}

function checkClassicCommit(
  context: GroupContext,
  group: ClassicGroup,
  sender: { memberId: string; groupInstanceId: string | null; generationId: number; isTransactional: boolean },
): void {
  const { memberId, groupInstanceId, generationId, isTransactional } = sender
  if (generationId < 0 && group.state === 'Empty') return
  if (generationId < 0 && memberId === '' && groupInstanceId === null) {
    // A transactional producer from before KIP-447 does not say whose offsets they are.
    if (isTransactional) return
    // Members are at work: nobody from outside moves their offsets.
    throw new ProtocolError(errorCodes.UNKNOWN_MEMBER_ID)
  }
  const member = group.checkMember(memberId, groupInstanceId)
  if (generationId !== group.generationId) throw new ProtocolError(errorCodes.ILLEGAL_GENERATION)
  // It knows of the new generation and not of its assignment: what it commits is of the last one.
  if (group.state === 'CompletingRebalance' && !isTransactional)
    throw new ProtocolError(errorCodes.REBALANCE_IN_PROGRESS)
  restartSession(context, group, member)
}
