/** Offsets that go: on request, with their group, with their topic, with time. */
import {
  errorCodes,
  type OffsetDeleteRequestTopic,
  type OffsetDeleteResponseTopic,
  ProtocolError,
} from '@dorsale/protocol'
import type { Group, GroupContext, GroupStep } from '../group-context.ts'
import { groupTombstone } from '../group-records.ts'
import { type CommittedOffset, mayBeSameTopic } from './committed-offset.ts'
import type { OffsetStore } from './offset-store.ts'

/** OffsetDelete: topics that members subscribe to keep their offsets. Throws GROUP_ID_NOT_FOUND and NON_EMPTY_GROUP. */
export function deleteOffsets(
  offsets: OffsetStore,
  step: GroupStep,
  group: Group | undefined,
  topics: readonly OffsetDeleteRequestTopic[],
): OffsetDeleteResponseTopic[] {
  if (group === undefined || group.kind === 'share') throw new ProtocolError(errorCodes.GROUP_ID_NOT_FOUND)
  // Of another protocol's members nobody knows what they read.
  if (!group.isEmpty && !group.isConsumerGroup) throw new ProtocolError(errorCodes.NON_EMPTY_GROUP)
  const { groupId } = group
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => {
      if (group.isSubscribedTo(name)) return { partitionIndex, errorCode: errorCodes.GROUP_SUBSCRIBED_TO_TOPIC }
      if (
        offsets.get(groupId, name, partitionIndex) !== undefined ||
        offsets.isPending(groupId, name, partitionIndex)
      ) {
        deleteOffset(step, groupId, name, partitionIndex)
      }
      return { partitionIndex, errorCode: errorCodes.NONE }
    }),
  }))
}

/** Everything that the group has committed or is about to. */
export function deleteAllOffsets(offsets: OffsetStore, step: GroupStep, groupId: string): void {
  for (const [topic, partitions] of offsets.ofGroup(groupId)) {
    for (const partition of partitions.keys()) deleteOffset(step, groupId, topic, partition)
  }
  for (const [topic, partition] of offsets.pendingOf(groupId)) {
    if (offsets.get(groupId, topic, partition) === undefined) deleteOffset(step, groupId, topic, partition)
  }
}

/** The topic is gone, and with it what anybody has committed for it; a new one of the same name begins without. */
export function deleteOffsetsOfTopic(
  offsets: OffsetStore,
  step: GroupStep,
  topic: { readonly name: string; readonly id: string },
): void {
  for (const [group, partition, offset] of offsets.ofTopic(topic.name)) {
    if (mayBeSameTopic(offset.topicId, topic.id)) deleteOffset(step, group, topic.name, partition)
  }
}

/**
 * Takes out what has outlived `offsets.retention.minutes` (KIP-211). Time runs from the moment at which the group became empty; without members to
 * ask, from the commit; and while consumers are at work, for topics that they do not subscribe to any more. True: nothing of the group is left.
 */
export function expireOffsets(context: GroupContext, offsets: OffsetStore, step: GroupStep, group: Group): boolean {
  const base = expiryBase(group)
  if (base === undefined) return false
  let allGone = true
  for (const [topic, partitions] of offsets.ofGroup(group.groupId)) {
    const isInUse = group.isSubscribedTo(topic)
    for (const [partition, offset] of partitions) {
      const isExpired =
        offset.expireTimestampMs === -1
          ? step.now - base(offset) >= context.config.offsetsRetentionMs
          : step.now >= offset.expireTimestampMs
      if (isExpired && !isInUse && !offsets.isPending(group.groupId, topic, partition)) {
        deleteOffset(step, group.groupId, topic, partition)
      } else {
        allGone = false
      }
    }
  }
  return allGone && !offsets.hasPending(group.groupId)
}

/** From when an offset's time runs; undefined: it does not. */
function expiryBase(group: Group): ((offset: CommittedOffset) => number) | undefined {
  const commitTime = (offset: CommittedOffset) => offset.commitTimestampMs
  if (group.kind === 'share') return undefined
  if (group.kind === 'consumer') return commitTime
  // Nobody ever joined: offsets of a simple consumer.
  if (group.protocolType === null) return commitTime
  if (group.isEmpty) return group.stateTimestampMs === -1 ? commitTime : () => group.stateTimestampMs
  const knowsItsTopics = group.isConsumerGroup && group.subscribedTopics !== undefined && group.state === 'Stable'
  return knowsItsTopics ? commitTime : undefined
}

function deleteOffset(step: GroupStep, group: string, topic: string, partition: number): void {
  step.append(groupTombstone('OffsetCommit', { group, topic, partition }))
}
