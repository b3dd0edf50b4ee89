import { DorsaleError } from '@dorsale/base'
import {
  type ErrorCode,
  errorCodes,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  ProtocolError,
} from '@dorsale/protocol'
import { noTopicId } from '../metadata/metadata-cache.ts'
import type { Cluster } from '../network/cluster.ts'
import type { GroupMetadata } from './group-listener.ts'
import { nameOf, type TopicPartition } from './offset-lookup.ts'

/** Where a group is in a partition. */
export interface GroupOffset extends TopicPartition {
  /** Of the next record to be handled. */
  readonly offset: number
  /** Of the last record that was handled; -1: not known. */
  readonly leaderEpoch: number
  /** What was written beside it. */
  readonly metadata: string
}

/** Topics by name up to here, by id after. */
const fetchNamedVersionMax = 9
const commitNamedVersionMax = 9
const groupsVersionMin = 8

/**
 * Asks where a group is. One entry for each partition that has an offset. Tries again until `timeoutMs` have passed; with `isStable` also while an open transaction holds
 * an offset (KIP-447).
 */
export async function fetchCommitted(
  cluster: Cluster,
  member: () => GroupMetadata,
  partitions: readonly TopicPartition[],
  options: { timeoutMs: number; isStable: boolean },
): Promise<GroupOffset[]> {
  const byTopic = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, group]) => ({
    name,
    topicId: cluster.metadata.topic(name)?.topicId ?? noTopicId,
    partitionIndexes: group.map(({ partition }) => partition),
  }))
  const isNamed = byTopic.some(({ topicId }) => topicId === noTopicId)
  const answer = await cluster.retrying(
    'the committed offsets',
    () => {
      const { groupId, memberId, generationId } = memberNow(member)
      return cluster
        .callCoordinator(
          { type: 'group', key: groupId },
          offsetFetchRequest,
          offsetFetchResponse,
          version =>
            version < groupsVersionMin
              ? { groupId, topics: byTopic, requireStable: options.isStable && version >= stableVersionMin }
              : {
                  groups: [{ groupId, memberId: memberId || null, memberEpoch: generationId, topics: byTopic }],
                  requireStable: options.isStable,
                },
          {
            ...(isNamed && { versionMax: fetchNamedVersionMax }),
            check: ({ errorCode, groups, topics }) => {
              refuse(errorCode, groupId)
              for (const group of groups) refuse(group.errorCode, groupId)
              for (const topic of [...topics, ...groups.flatMap(group => group.topics)]) {
                for (const each of topic.partitions) {
                  refuse(each.errorCode, `${topic.name}-${each.partitionIndex}`)
                }
              }
            },
          },
        )
        .catch(error => {
          throw isMemberStale(error) ? notYet(error) : error
        })
    },
    options,
  )
  return [...answer.topics, ...answer.groups.flatMap(({ topics }) => topics)].flatMap(topic => {
    const topicId = 'topicId' in topic ? topic.topicId : noTopicId
    const name = topic.name || (byTopic.find(each => each.topicId === topicId)?.name ?? '')
    return topic.partitions.flatMap(({ partitionIndex, committedOffset, committedLeaderEpoch, metadata }) =>
      committedOffset < 0
        ? []
        : [
            {
              topic: name,
              partition: partitionIndex,
              offset: committedOffset,
              leaderEpoch: committedLeaderEpoch,
              metadata: metadata ?? '',
            },
          ],
    )
  })
}

const stableVersionMin = 7

/** A member that is just falling out of its group, or joining it, may ask a moment later. */
function memberNow(member: () => GroupMetadata): GroupMetadata {
  try {
    return member()
  } catch (error) {
    throw notYet(error)
  }
}

function isMemberStale(error: unknown): boolean {
  return error instanceof ProtocolError && staleErrors.has(error.errorCode)
}

const staleErrors = new Set<ErrorCode>([errorCodes.STALE_MEMBER_EPOCH, errorCodes.UNKNOWN_MEMBER_ID])

function notYet(cause: unknown): DorsaleError {
  return new DorsaleError('DORSALE_NOT_A_MEMBER', 'this consumer is not a member of its group at the moment', {
    cause,
    retriable: true,
  })
}

/**
 * One attempt to commit. Answers what was refused, by partition (`orders-0`), with its error; rejects when nothing is known to be committed.
 */
export async function commitOffsets(
  cluster: Cluster,
  member: GroupMetadata,
  offsets: readonly GroupOffset[],
  options: { timeoutMs: number },
): Promise<Map<string, ProtocolError>> {
  const { groupId, memberId, generationId, groupInstanceId } = member
  const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, group]) => ({
    name,
    topicId: cluster.metadata.topic(name)?.topicId ?? noTopicId,
    partitions: group.map(({ partition, offset, leaderEpoch, metadata }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: leaderEpoch,
      committedMetadata: metadata,
    })),
  }))
  const isNamed = topics.some(({ topicId }) => topicId === noTopicId)
  const answer = await cluster.callCoordinator(
    { type: 'group', key: groupId },
    offsetCommitRequest,
    offsetCommitResponse,
    { groupId, memberId, generationIdOrMemberEpoch: generationId, groupInstanceId, topics },
    {
      ...options,
      ...(isNamed && { versionMax: commitNamedVersionMax }),
      check: response => {
        // The coordinator refuses as a whole, in the words of each partition.
        for (const { partitions } of response.topics) {
          for (const { errorCode } of partitions)
            if (isOfTheWhole(errorCode)) refuse(errorCode, `the commit of ${groupId}`)
        }
      },
    },
  )
  const refused = new Map<string, ProtocolError>()
  for (const { name, topicId, partitions } of answer.topics) {
    const topic = name || (topics.find(each => each.topicId === topicId)?.name ?? '')
    for (const { partitionIndex, errorCode } of partitions) {
      if (errorCode === errorCodes.NONE) continue
      const of = nameOf({ topic, partition: partitionIndex })
      refused.set(of, asError(errorCode, `the commit of ${of}`))
    }
  }
  return refused
}

/** Errors that are the group's or the member's, not one partition's. */
function isOfTheWhole(errorCode: number): boolean {
  switch (errorCode) {
    case errorCodes.NONE:
    case errorCodes.UNKNOWN_TOPIC_OR_PARTITION:
    case errorCodes.UNKNOWN_TOPIC_ID:
    case errorCodes.TOPIC_AUTHORIZATION_FAILED:
    case errorCodes.OFFSET_METADATA_TOO_LARGE:
    case errorCodes.INVALID_COMMIT_OFFSET_SIZE:
      return false
    default:
      return true
  }
}

function refuse(errorCode: number, what: string): void {
  if (errorCode !== errorCodes.NONE) throw asError(errorCode, what)
}

function asError(errorCode: number, what: string): ProtocolError {
  return new ProtocolError(errorCode as ErrorCode, `${what}: ${new ProtocolError(errorCode as ErrorCode).message}`)
}
