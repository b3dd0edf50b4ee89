/** Administrators move where a share group goes on, and have it forget topics: what becomes of it in the group; how far it is the share coordinator knows. */
import {
  type AlterShareGroupOffsetsRequestTopic,
  type AlterShareGroupOffsetsResponseTopic,
  type DeleteShareGroupOffsetsResponseTopic,
  errorCodes,
  ProtocolError,
  zeroUuid,
} from '@dorsale/protocol'
import type { GroupContext, GroupStep } from '../group-context.ts'
import { ShareGroup, type StatePartitions } from './share-group.ts'
import { groupEpochRecord, stateRecord } from './share-records.ts'
import type { ShareInitialization, SharePartitionRef } from './state-partitions.ts'

export interface AlteredOffsets {
  readonly topics: AlterShareGroupOffsetsResponseTopic[]
  /** What the share coordinator is to be told before the answer may leave. */
  readonly initialize: ShareInitialization
}

/** A group that is not there is made. Throws NON_EMPTY_GROUP, and GROUP_ID_NOT_FOUND for groups of other kinds. */
export function alterShareOffsets(
  context: GroupContext,
  step: GroupStep,
  groupId: string,
  topics: readonly AlterShareGroupOffsetsRequestTopic[],
): AlteredOffsets {
  const group = emptyShareGroup(context, groupId) ?? new ShareGroup(groupId)
  const initializing = new Map<string, Omit<StatePartitions, 'timestampMs'>>(group.initializing)
  const deleting = new Map(group.deleting)
  const partitions: ShareInitialization['partitions'][number][] = []
  const answers = topics.map(({ topicName, partitions: wanted }) => {
    const topic = context.image.topicsByName.get(topicName)
    const isThere = ({ partitionIndex }: { partitionIndex: number }) => topic?.partitions[partitionIndex] !== undefined
    if (topic !== undefined) {
      const known = new Set(initializing.get(topic.id)?.partitions)
      for (const { partitionIndex: partition, startOffset } of wanted.filter(isThere)) {
        known.add(partition)
        partitions.push({ topicId: topic.id, partition, startOffset })
      }
      if (known.size > 0) initializing.set(topic.id, { topicName, partitions: known })
      deleting.delete(topic.id)
    }
    return {
      topicName,
      topicId: topic?.id ?? zeroUuid,
      partitions: wanted.map(partition => ({
        partitionIndex: partition.partitionIndex,
        errorCode: isThere(partition) ? errorCodes.NONE : errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
        errorMessage: isThere(partition) ? null : 'This server does not host this topic-partition.',
      })),
    }
  })
  if (partitions.length > 0) {
    if (!context.groups.has(groupId)) step.append(groupEpochRecord(groupId, group.groupEpoch, group.metadataHash))
    step.append(stateRecord(groupId, { initializing, initialized: group.initialized, deleting }))
  }
  return { topics: answers, initialize: { groupId, stateEpoch: group.groupEpoch, partitions } }
}

export interface ForgottenOffsets {
  /** Topics that cannot be forgotten, with the reason. */
  readonly refused: DeleteShareGroupOffsetsResponseTopic[]
  /** What the share coordinator is to forget before the answer may leave. */
  readonly partitions: readonly SharePartitionRef[]
}

/** Begins to forget topics. Throws GROUP_ID_NOT_FOUND and NON_EMPTY_GROUP. */
export function forgetShareOffsets(
  context: GroupContext,
  step: GroupStep,
  groupId: string,
  topicNames: readonly string[],
): ForgottenOffsets {
  const group = emptyShareGroup(context, groupId)
  if (group === undefined) {
    throw new ProtocolError(errorCodes.GROUP_ID_NOT_FOUND, `Group ${groupId} not found.`)
  }
  const initialized = new Map<string, Omit<StatePartitions, 'timestampMs'>>(group.initialized)
  const deleting = new Map(group.deleting)
  const refused: DeleteShareGroupOffsetsResponseTopic[] = []
  const partitions: SharePartitionRef[] = []
  for (const topicName of topicNames) {
    const topic = context.image.topicsByName.get(topicName)
    const kept = topic === undefined ? undefined : initialized.get(topic.id)
    if (topic === undefined || (kept === undefined && !deleting.has(topic.id))) {
      const errorMessage =
        topic === undefined ? 'This server does not host this topic.' : 'There is no offset information to delete.'
      refused.push({ topicName, topicId: zeroUuid, errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION, errorMessage })
      continue
    }
    // One that was to be forgotten before, and may not have been in full.
    for (const partition of kept?.partitions ?? topic.partitions.keys())
      partitions.push({ topicId: topic.id, partition })
    initialized.delete(topic.id)
    deleting.set(topic.id, topicName)
  }
  if (partitions.length > 0)
    step.append(stateRecord(groupId, { initializing: group.initializing, initialized, deleting }))
  return { refused, partitions }
}

/** The share coordinator has forgotten these topics. */
export function shareOffsetsForgotten(step: GroupStep, group: ShareGroup, topicIds: ReadonlySet<string>): void {
  const { initializing, initialized } = group
  const deleting = new Map([...group.deleting].filter(([topicId]) => !topicIds.has(topicId)))
  if (deleting.size < group.deleting.size) {
    step.append(stateRecord(group.groupId, { initializing, initialized, deleting }))
  }
}

function emptyShareGroup(context: GroupContext, groupId: string): ShareGroup | undefined {
  const group = context.groups.get(groupId)
  if (group === undefined) return undefined
  if (group.kind !== 'share') {
    throw new ProtocolError(errorCodes.GROUP_ID_NOT_FOUND, `Group ${groupId} is not a share group.`)
  }
  if (!group.isEmpty) throw new ProtocolError(errorCodes.NON_EMPTY_GROUP)
  return group
}
