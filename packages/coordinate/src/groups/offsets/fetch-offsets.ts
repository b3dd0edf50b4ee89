/** OffsetFetch of one group. */
import {
  errorCodes,
  type OffsetFetchRequestTopics,
  type OffsetFetchResponsePartitions,
  type OffsetFetchResponseTopics,
  zeroUuid,
} from '@dorsale/protocol'
import type { CommittedOffset } from './committed-offset.ts'
import { mayBeSameTopic } from './committed-offset.ts'
import type { OffsetStore } from './offset-store.ts'

/** The committed offsets of these partitions; `requireStable` holds back those that an open transaction may change. */
export function fetchOffsets(
  offsets: OffsetStore,
  groupId: string,
  topics: readonly OffsetFetchRequestTopics[],
  options: { requireStable: boolean },
): OffsetFetchResponseTopics[] {
  return topics.map(({ name, topicId, partitionIndexes }) => ({
    name,
    topicId,
    partitions: partitionIndexes.map(partition => {
      if (options.requireStable && offsets.isPending(groupId, name, partition)) return unstable(partition)
      const offset = offsets.get(groupId, name, partition)
      // An offset of a topic that had this name before is of no use.
      if (offset === undefined || !mayBeSameTopic(offset.topicId, topicId)) return unknown(partition)
      return known(partition, offset)
    }),
  }))
}

/** Every committed offset of the group. Topics come by name; who answers by id looks them up. */
export function fetchAllOffsets(
  offsets: OffsetStore,
  groupId: string,
  options: { requireStable: boolean },
): OffsetFetchResponseTopics[] {
  const topics: OffsetFetchResponseTopics[] = []
  for (const [name, partitions] of offsets.ofGroup(groupId)) {
    topics.push({
      name,
      topicId: zeroUuid,
      partitions: [...partitions].map(([partition, offset]) =>
        options.requireStable && offsets.isPending(groupId, name, partition)
          ? unstable(partition)
          : known(partition, offset),
      ),
    })
  }
  return topics
}

function known(partitionIndex: number, { offset, leaderEpoch, metadata }: CommittedOffset) {
  return {
    partitionIndex,
    committedOffset: offset,
    committedLeaderEpoch: leaderEpoch,
    metadata,
    errorCode: errorCodes.NONE,
  }
}

function unknown(partitionIndex: number): OffsetFetchResponsePartitions {
  return noOffset(partitionIndex, errorCodes.NONE)
}

function unstable(partitionIndex: number): OffsetFetchResponsePartitions {
  return noOffset(partitionIndex, errorCodes.UNSTABLE_OFFSET_COMMIT)
}

/** A partition without an offset, as Kafka answers it. */
export function noOffset(partitionIndex: number, errorCode: number): OffsetFetchResponsePartitions {
  return { partitionIndex, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode }
}
