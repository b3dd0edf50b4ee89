/** OffsetCommit: offsets of a group's members, and of consumers that use the coordinator for their offsets alone. */
import { errorCodes, type OffsetCommitRequest, type OffsetCommitResponseTopic, ProtocolError } from '@dorsale/protocol'
import type { ClassicGroup } from '../classic/classic-group.ts'
import { restartSession } from '../classic/rebalance.ts'
import type { GroupContext, GroupStep } from '../group-context.ts'
import { type GroupRecord, groupRecord } from '../group-records.ts'

/** Commits name groups that are not there by GROUP_ID_NOT_FOUND from this version on. */
const groupErrorVersion = 9
const valueVersion = 4
/** The only one with a place for the time of expiry. */
const expiringValueVersion = 1

/**
 * Writes down the offsets of a request whose topics are known to exist, names resolved. Throws what holds for the request as a whole; answers the
 * topics with an error for each partition.
 */
export function commitOffsets(
  context: GroupContext,
  step: GroupStep,
  request: OffsetCommitRequest,
  apiVersion: number,
): OffsetCommitResponseTopic[] {
  checkCommit(context, request, apiVersion)
  const { groupId, retentionTimeMs } = request
  const expireTimestamp = retentionTimeMs === -1 ? -1 : step.now + retentionTimeMs
  return request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => {
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

/** Whether the sender may commit for this group now. A group that is not there is made by the first commit, when its record is replayed. */
function checkCommit(context: GroupContext, request: OffsetCommitRequest, apiVersion: number): void {
  const { groupId, generationIdOrMemberEpoch, memberId, groupInstanceId } = request
  const group = context.groups.get(groupId)
  if (group === undefined) {
    if (generationIdOrMemberEpoch < 0) return
    throw new ProtocolError(
      apiVersion >= groupErrorVersion ? errorCodes.GROUP_ID_NOT_FOUND : errorCodes.ILLEGAL_GENERATION,
    )
  }
  checkClassicCommit(context, group, { memberId, groupInstanceId, generationId: generationIdOrMemberEpoch })
}

function checkClassicCommit(
  context: GroupContext,
  group: ClassicGroup,
  sender: { memberId: string; groupInstanceId: string | null; generationId: number },
): void {
  const { memberId, groupInstanceId, generationId } = sender
  if (generationId < 0 && group.state === 'Empty') return
  if (generationId < 0 && memberId === '' && groupInstanceId === null) {
    // Members are at work: nobody from outside moves their offsets.
    throw new ProtocolError(errorCodes.UNKNOWN_MEMBER_ID)
  }
  const member = group.checkMember(memberId, groupInstanceId)
  if (generationId !== group.generationId) throw new ProtocolError(errorCodes.ILLEGAL_GENERATION)
  // It knows of the new generation and not of its assignment: what it commits is of the last one.
  if (group.state === 'CompletingRebalance') throw new ProtocolError(errorCodes.REBALANCE_IN_PROGRESS)
  restartSession(context, group, member)
}
