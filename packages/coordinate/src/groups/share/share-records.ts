/** The records that tell of a share group, and what each makes true. All values are of version 0, the only one. */
import type { ShareGroupStatePartitionMetadataValueTopicPartitionsInfo } from '@dorsale/protocol'
import type { RecordOrigin } from '../../shard/coordinator-shard.ts'
import { type GroupRecord, groupRecord, groupTombstone } from '../group-records.ts'
import { type Assignment, assignmentOf, emptyAssignment, topicPartitionsOf } from '../modern/assignment.ts'
import type { ShareGroup, StatePartitions } from './share-group.ts'
import { newShareMember, type ShareMember } from './share-member.ts'

/** The records of a share group, by the name that they all begin with. */
export type ShareGroupRecord = Extract<GroupRecord, { type: `ShareGroup${string}` }>

const version = 0
/** A member is always where its target is: Kafka's number of STABLE. */
const stableState = 0

export function memberRecord(groupId: string, member: ShareMember): GroupRecord {
  const { memberId } = member
  return groupRecord('ShareGroupMemberMetadata', { groupId, memberId }, version, {
    rackId: member.rackId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: [...member.subscribedTopicNames].sort(),
  })
}

export function groupEpochRecord(groupId: string, epoch: number, metadataHash: bigint): GroupRecord {
  return groupRecord('ShareGroupMetadata', { groupId }, version, { epoch, metadataHash })
}

export function targetRecord(groupId: string, memberId: string, target: Assignment): GroupRecord {
  return groupRecord('ShareGroupTargetAssignmentMember', { groupId, memberId }, version, {
    topicPartitions: topicPartitionsOf(target),
  })
}

export function targetEpochRecord(groupId: string, assignmentEpoch: number, assignmentTimestamp: number): GroupRecord {
  return groupRecord('ShareGroupTargetAssignmentMetadata', { groupId }, version, {
    assignmentEpoch,
    assignmentTimestamp,
  })
}

export function progressRecord(groupId: string, member: ShareMember): GroupRecord {
  const { memberId } = member
  return groupRecord('ShareGroupCurrentMemberAssignment', { groupId, memberId }, version, {
    memberEpoch: member.memberEpoch,
    previousMemberEpoch: member.previousMemberEpoch,
    state: stableState,
    assignedPartitions: topicPartitionsOf(member.assigned),
  })
}

/** Which partitions' state the share coordinator is asked to keep, keeps, and is to forget. */
export interface StateRecordParts {
  readonly initializing: ReadonlyMap<string, Omit<StatePartitions, 'timestampMs'>>
  readonly initialized: ReadonlyMap<string, Omit<StatePartitions, 'timestampMs'>>
  readonly deleting: ReadonlyMap<string, string>
}

export function stateRecord(groupId: string, parts: StateRecordParts): GroupRecord {
  return groupRecord('ShareGroupStatePartitionMetadata', { groupId }, version, {
    initializingTopics: statePartitionsInfo(parts.initializing),
    initializedTopics: statePartitionsInfo(parts.initialized),
    deletingTopics: [...parts.deleting].map(([topicId, topicName]) => ({ topicId, topicName })),
  })
}

/** The member is gone, in the order in which it may be replayed. */
export function memberTombstones(groupId: string, memberId: string): GroupRecord[] {
  return [
    groupTombstone('ShareGroupCurrentMemberAssignment', { groupId, memberId }),
    groupTombstone('ShareGroupTargetAssignmentMember', { groupId, memberId }),
    groupTombstone('ShareGroupMemberMetadata', { groupId, memberId }),
  ]
}

/** A group without members is gone. */
export function groupTombstones({ groupId }: ShareGroup): GroupRecord[] {
  return [
    groupTombstone('ShareGroupTargetAssignmentMetadata', { groupId }),
    groupTombstone('ShareGroupStatePartitionMetadata', { groupId }),
    groupTombstone('ShareGroupMetadata', { groupId }),
  ]
}

/** Makes one record true. That of the group's epoch with a null value deletes the group, which is the caller's to do. */
export function replayOnShareGroup(group: ShareGroup, record: ShareGroupRecord, { timestampMs }: RecordOrigin): void {
  switch (record.type) {
    case 'ShareGroupMetadata':
      if (record.value === null) return
      group.groupEpoch = record.value.epoch
      group.metadataHash = record.value.metadataHash
      return
    case 'ShareGroupMemberMetadata': {
      const { memberId } = record.key
      if (record.value === null) {
        group.removeMember(memberId)
        return
      }
      const { rackId, clientId, clientHost, subscribedTopicNames } = record.value
      const known = group.members.get(memberId) ?? newShareMember(memberId)
      const topics = new Set(subscribedTopicNames)
      group.putMember({ ...known, rackId, clientId, clientHost, subscribedTopicNames: topics })
      return
    }
    case 'ShareGroupTargetAssignmentMetadata':
      group.assignmentEpoch = record.value?.assignmentEpoch ?? -1
      group.assignmentTimestampMs = record.value?.assignmentTimestamp ?? 0
      return
    case 'ShareGroupTargetAssignmentMember':
      if (record.value === null) group.removeTarget(record.key.memberId)
      else group.putTarget(record.key.memberId, assignmentOf(record.value.topicPartitions))
      return
    case 'ShareGroupCurrentMemberAssignment': {
      const known = group.members.get(record.key.memberId)
      if (record.value === null) {
        if (known !== undefined) {
          group.putMember({ ...known, memberEpoch: -1, previousMemberEpoch: -1, assigned: emptyAssignment })
        }
        return
      }
      const { memberEpoch, previousMemberEpoch, assignedPartitions } = record.value
      const member = known ?? newShareMember(record.key.memberId)
      group.putMember({ ...member, memberEpoch, previousMemberEpoch, assigned: assignmentOf(assignedPartitions) })
      return
    }
    case 'ShareGroupStatePartitionMetadata': {
      const { initializingTopics = [], initializedTopics = [], deletingTopics = [] } = record.value ?? {}
      group.hasStatePartitions = record.value !== null
      group.initializing = statePartitionsOf(initializingTopics, timestampMs)
      group.initialized = statePartitionsOf(initializedTopics, timestampMs)
      group.deleting = new Map(deletingTopics.map(({ topicId, topicName }) => [topicId, topicName]))
      return
    }
  }
}

function statePartitionsInfo(topics: StateRecordParts['initialized']) {
  return [...topics].map(([topicId, { topicName, partitions }]) => ({
    topicId,
    topicName,
    partitions: [...partitions].sort((a, b) => a - b),
  }))
}

function statePartitionsOf(
  topics: readonly ShareGroupStatePartitionMetadataValueTopicPartitionsInfo[],
  timestampMs: number,
): ReadonlyMap<string, StatePartitions> {
  return new Map(
    topics.map(({ topicId, topicName, partitions }) => [
      topicId,
      { topicName, partitions: new Set(partitions), timestampMs },
    ]),
  )
}
