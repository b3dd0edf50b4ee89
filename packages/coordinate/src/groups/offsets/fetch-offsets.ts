/** OffsetFetch of one group. */
import {
  errorCodes,
  type OffsetFetchRequestTopics,
  type OffsetFetchResponsePartitions,
  type OffsetFetchResponseTopics,
  ProtocolError,
  zeroUuid,
} from '@dorsale/protocol'
import type { Group } from '../group-context.ts'
import type { CommittedOffset } from './committed-offset.ts'
import { mayBeSameTopic } from './committed-offset.ts'
import type { OffsetStore } from './offset-store.ts'

/** Who asks. Members of consumer groups say so, so that nobody reads on from offsets that its successor is about to commit. */
export interface OffsetReader {
  readonly groupId: string
  /** Null and an epoch below 0: no member, or one that does not say. */
  readonly memberId: string | null
  readonly memberEpoch: number
}

/** Throws UNKNOWN_MEMBER_ID, and STALE_MEMBER_EPOCH (of a member that speaks the classic protocol ILLEGAL_GENERATION). */
export function checkFetch(group: Group | undefined, { memberId, memberEpoch }: OffsetReader): void {
  if (group?.kind !== 'consumer' || (memberId === null && memberEpoch < 0)) return
  const member = group.member(memberId ?? '')
  if (memberEpoch === member.memberEpoch) return
  throw new ProtocolError(member.classic === null ? errorCodes.STALE_MEMBER_EPOCH : errorCodes.ILLEGAL_GENERATION)
}

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
