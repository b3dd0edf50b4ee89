/** The records that tell of a consumer group, and what each makes true. All values are of version 0, the only one. */
import type { GroupRecord } from '../group-records.ts'
import { groupRecord, groupTombstone } from '../group-records.ts'
import { type Assignment, type EpochAssignment, topicPartitionsOf } from '../modern/assignment.ts'
import type { ConsumerGroup, ResolvedRegex } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'

/** The records of a consumer group, by the name that they all begin with. */
export type ConsumerGroupRecord = Extract<GroupRecord, { type: `ConsumerGroup${string}` }>

const version = 0

export function memberRecord(groupId: string, member: ConsumerMember): GroupRecord {
  const { memberId, classic } = member
  return groupRecord('ConsumerGroupMemberMetadata', { groupId, memberId }, version, {
    instanceId: member.instanceId,
    rackId: member.rackId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: [...member.subscribedTopicNames].sort(),
    subscribedTopicRegex: member.subscribedTopicRegex,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    serverAssignor: member.serverAssignor,
    classicMemberMetadata: classic && {
      sessionTimeoutMs: classic.sessionTimeoutMs,
      supportedProtocols: classic.supportedProtocols.map(({ name, metadata }) => ({ name, metadata })),
    },
  })
}

export function groupEpochRecord(groupId: string, epoch: number, metadataHash: bigint): GroupRecord {
  return groupRecord('ConsumerGroupMetadata', { groupId }, version, { epoch, metadataHash })
}

export function targetRecord(groupId: string, memberId: string, target: Assignment): GroupRecord {
  return groupRecord('ConsumerGroupTargetAssignmentMember', { groupId, memberId }, version, {
    topicPartitions: topicPartitionsOf(target),
  })
}

export function targetEpochRecord(groupId: string, assignmentEpoch: number, assignmentTimestamp: number): GroupRecord {
  return groupRecord('ConsumerGroupTargetAssignmentMetadata', { groupId }, version, {
    assignmentEpoch,
    assignmentTimestamp,
  })
}

export function progressRecord(groupId: string, member: ConsumerMember): GroupRecord {
  const { memberId } = member
  return groupRecord('ConsumerGroupCurrentMemberAssignment', { groupId, memberId }, version, {
    memberEpoch: member.memberEpoch,
    previousMemberEpoch: member.previousMemberEpoch,
    state: member.state,
    assignedPartitions: withEpochsOf(member.assigned),
    partitionsPendingRevocation: withEpochsOf(member.pendingRevocation),
  })
}

export function regexRecord(groupId: string, regularExpression: string, resolved: ResolvedRegex): GroupRecord {
  return groupRecord('ConsumerGroupRegularExpression', { groupId, regularExpression }, version, {
    topics: [...resolved.topics].sort(),
    version: resolved.version,
    timestamp: resolved.timestampMs,
  })
}

export function regexTombstone(groupId: string, regularExpression: string): GroupRecord {
  return groupTombstone('ConsumerGroupRegularExpression', { groupId, regularExpression })
}

export function partitionMetadataTombstone(groupId: string): GroupRecord {
  return groupTombstone('ConsumerGroupPartitionMetadata', { groupId })
}

/** The member is gone: what it has, what it was meant to have, and itself, in the order in which they may be replayed. */
export function memberTombstones(groupId: string, memberId: string): GroupRecord[] {
  return [
    groupTombstone('ConsumerGroupCurrentMemberAssignment', { groupId, memberId }),
    groupTombstone('ConsumerGroupTargetAssignmentMember', { groupId, memberId }),
    groupTombstone('ConsumerGroupMemberMetadata', { groupId, memberId }),
  ]
}

/** The group is gone. `replaced`: a member that has just been taken the place of, with its successor's id. */
export function groupTombstones(
  group: ConsumerGroup,
  replaced?: { readonly memberId: string; readonly successorId: string },
): GroupRecord[] {
  const { groupId } = group
  const memberIds = [...group.members.keys()].map(memberId =>
    memberId === replaced?.memberId ? replaced.successorId : memberId,
  )
  return [
    ...memberIds.map(memberId => groupTombstone('ConsumerGroupCurrentMemberAssignment', { groupId, memberId })),
    ...memberIds.map(memberId => groupTombstone('ConsumerGroupTargetAssignmentMember', { groupId, memberId })),
    groupTombstone('ConsumerGroupTargetAssignmentMetadata', { groupId }),
    ...memberIds.map(memberId => groupTombstone('ConsumerGroupMemberMetadata', { groupId, memberId })),
    ...[...group.resolvedRegexes.keys()].map(regex => regexTombstone(groupId, regex)),
    partitionMetadataTombstone(groupId),
    groupTombstone('ConsumerGroupMetadata', { groupId }),
  ]
}

/** The whole group, as if it had just been made. */
export function groupRecords(group: ConsumerGroup): GroupRecord[] {
  const { groupId } = group
  const members = [...group.members.values()]
  return [
    ...members.map(member => memberRecord(groupId, member)),
    groupEpochRecord(groupId, group.groupEpoch, group.metadataHash),
    ...members.map(({ memberId }) => targetRecord(groupId, memberId, group.targetOf(memberId))),
    targetEpochRecord(groupId, group.assignmentEpoch, group.assignmentTimestampMs),
    ...members.map(member => progressRecord(groupId, member)),
  ]
}

/** Makes one record true. That of the group's epoch with a null value deletes the group, which is the caller's to do. */
export function replayOnConsumerGroup(group: ConsumerGroup, record: ConsumerGroupRecord): void {
  switch (record.type) {
    case 'ConsumerGroupMetadata':
      if (record.value === null) return
      group.groupEpoch = record.value.epoch
      group.metadataHash = record.value.metadataHash
      return
    case 'ConsumerGroupPartitionMetadata':
      group.hasPartitionMetadata = record.value !== null
      return
    case 'ConsumerGroupMemberMetadata':
      if (record.value === null) group.removeMember(record.key.memberId)
      else group.replayMember(record.key.memberId, record.value)
      return
    case 'ConsumerGroupTargetAssignmentMetadata':
      group.assignmentEpoch = record.value?.assignmentEpoch ?? -1
      group.assignmentTimestampMs = record.value?.assignmentTimestamp ?? 0
      return
    case 'ConsumerGroupTargetAssignmentMember':
      group.replayTarget(record.key.memberId, record.value)
      return
    case 'ConsumerGroupCurrentMemberAssignment':
      group.replayProgress(record.key.memberId, record.value)
      return
    case 'ConsumerGroupRegularExpression': {
      const { regularExpression } = record.key
      if (record.value === null) {
        group.removeResolvedRegex(regularExpression)
      } else {
        const { topics, version: imageOffset, timestamp } = record.value
        group.putResolvedRegex(regularExpression, {
          topics: new Set(topics),
          version: imageOffset,
          timestampMs: timestamp,
        })
      }
      return
    }
  }
}

function withEpochsOf(assignment: EpochAssignment) {
  return topicPartitionsOf(assignment).map(({ topicId, partitions }) => ({
    topicId,
    partitions,
    assignmentEpochs: partitions.map(partition => assignment.get(topicId)?.get(partition) as number),
  }))
}
