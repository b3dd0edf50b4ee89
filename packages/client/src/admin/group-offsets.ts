/** Offsets that groups of consumers have committed: listed, altered, deleted. */
import {
  errorCodes,
  type OffsetFetchResponse,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetDeleteRequest,
  offsetDeleteResponse,
  offsetFetchRequest,
  offsetFetchResponse,
} from '@dorsale/protocol'
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { type Answer, answerOf, doneOf, type ErrorRow, errorIn, refuse } from './answer.ts'
import type { Itemized } from './itemized.ts'
import { indexesByTopic, partitionsByTopic, rowsByPartition } from './partitions.ts'
import { toCoordinators } from './route.ts'

/** Which offsets of a group. */
export interface GroupOffsetsQuestion {
  readonly groupId: string
  /** Default: all that the group has committed. */
  readonly partitions?: readonly TopicPartition[]
}

export interface CommittedOffset extends TopicPartition {
  readonly offset: number
  /** Undefined: not known. */
  readonly leaderEpoch: number | undefined
  readonly metadata: string
}

/** An offset for a group. */
export interface NewOffset extends TopicPartition {
  readonly offset: number
  readonly leaderEpoch?: number
  readonly metadata?: string
}

export interface ListConsumerGroupOffsetsOptions extends CallOptions {
  /** Whether to wait for the end of transactions whose offsets are not committed yet. Default: false. */
  readonly requireStable?: boolean
}

export interface GroupOffsetAdmin {
  /** What groups have committed. Partitions without a committed offset are left out; a group that is not there has none. */
  listConsumerGroupOffsets(
    questions: readonly GroupOffsetsQuestion[],
    options?: ListConsumerGroupOffsetsOptions,
  ): Itemized<GroupOffsetsQuestion, CommittedOffset[]>
  /** Commits offsets for a group, which must have no members. */
  alterConsumerGroupOffsets(
    groupId: string,
    offsets: readonly NewOffset[],
    options?: CallOptions,
  ): Itemized<NewOffset, void>
  /** Deletes committed offsets of partitions that no member is subscribed to. */
  deleteConsumerGroupOffsets(
    groupId: string,
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Itemized<TopicPartition, void>
}

/** From the next version on topics have ids, and an admin client goes by names. */
const namesVersionMax = 9
/** The first version of OffsetFetch that takes several groups. */
const groupsVersion = 8

export function groupOffsetAdmin(core: AdminCore): GroupOffsetAdmin {
  return {
    listConsumerGroupOffsets: (questions, options = {}) =>
      core.each({
        what: 'the committed offsets',
        keys: questions,
        options,
        route: toCoordinators('group', ({ groupId }) => groupId),
        async ask(link, keys) {
          await link.ready()
          const isBatch = link.versions.require(offsetFetchRequest) >= groupsVersion
          const found = new Map<GroupOffsetsQuestion, Answer<CommittedOffset[]>>()
          // A group that is asked about twice needs two requests, as each needs its own with older brokers.
          const isAlone = (key: GroupOffsetsQuestion) =>
            keys.some(other => other !== key && other.groupId === key.groupId)
          const [alone, together] = isBatch ? [keys.filter(isAlone), keys.filter(key => !isAlone(key))] : [keys, []]
          const batches = [...alone.map(key => [key]), ...(together.length > 0 ? [together] : [])]
          for (const batch of batches) {
            for (const [key, answer] of await fetchOffsets(core, link, { keys: batch, options })) found.set(key, answer)
          }
          return key => found.get(key) as Answer<CommittedOffset[]>
        },
      }),

    alterConsumerGroupOffsets(groupId, offsets, options = {}) {
      const route = toCoordinators<NewOffset>('group', () => groupId)
      return core.each({
        what: `the offsets of group ${groupId}`,
        keys: offsets,
        options,
        route,
        // A group that is just rebalancing may be without members when that is over.
        mayPass: error => error.errorCode === errorCodes.REBALANCE_IN_PROGRESS || route.mayPass(error),
        async ask(link, keys) {
          const topics = partitionsByTopic(keys, ({ partition, offset, leaderEpoch, metadata }) => ({
            partitionIndex: partition,
            committedOffset: offset,
            committedLeaderEpoch: leaderEpoch ?? -1,
            committedMetadata: metadata ?? '',
          }))
          const limit = { versionMax: namesVersionMax }
          const response = await core.request(
            link,
            offsetCommitRequest,
            offsetCommitResponse,
            { groupId, topics },
            limit,
          )
          return donePartitions(response.topics)
        },
      })
    },

    deleteConsumerGroupOffsets: (groupId, partitions, options = {}) =>
      core.each({
        what: `the offsets of group ${groupId}`,
        keys: partitions,
        options,
        route: toCoordinators('group', () => groupId),
        async ask(link, keys) {
          const topics = partitionsByTopic(keys, ({ partition }) => ({ partitionIndex: partition }))
          const response = await core.request(link, offsetDeleteRequest, offsetDeleteResponse, { groupId, topics })
          refuse(groupId, response)
          return donePartitions(response.topics)
        },
      }),
  }
}

/** One request, of one group only from brokers older than Kafka 3.0. */
async function fetchOffsets(
  core: AdminCore,
  link: BrokerLink,
  call: { keys: readonly GroupOffsetsQuestion[]; options: ListConsumerGroupOffsetsOptions },
): Promise<Map<GroupOffsetsQuestion, Answer<CommittedOffset[]>>> {
  const { keys, options } = call
  const requireStable = options.requireStable ?? false
  const groups = keys.map(({ groupId, partitions }) => ({
    groupId,
    topics:
      partitions === undefined
        ? null
        : indexesByTopic(partitions).map(({ name, indexes }) => ({ name, partitionIndexes: indexes })),
  }))
  const response = await core.request(
    link,
    offsetFetchRequest,
    offsetFetchResponse,
    version => (version >= groupsVersion ? { groups, requireStable } : { ...groups[0], requireStable }),
    { versionMax: namesVersionMax },
  )
  const rows = new Map(response.groups.map(group => [group.groupId, group]))
  const isBatch = response.groups.length > 0
  return new Map(
    keys.map(key => {
      const group = isBatch ? rows.get(key.groupId) : response
      return [key, committedIn(key.groupId, group)]
    }),
  )
}

type FetchedGroup = ErrorRow & Pick<OffsetFetchResponse, 'topics'>

function committedIn(groupId: string, group: FetchedGroup | undefined): Answer<CommittedOffset[]> {
  const answer = answerOf(groupId, group, ({ topics }) => topics)
  if ('error' in answer) return answer
  const value: CommittedOffset[] = []
  for (const { name: topic, partitions } of answer.value) {
    for (const row of partitions) {
      const error = errorIn(`${groupId}: ${nameOf({ topic, partition: row.partitionIndex })}`, row)
      if (error !== undefined) return { error }
      if (row.committedOffset < 0) continue
      value.push({
        topic,
        partition: row.partitionIndex,
        offset: row.committedOffset,
        leaderEpoch: row.committedLeaderEpoch < 0 ? undefined : row.committedLeaderEpoch,
        metadata: row.metadata ?? '',
      })
    }
  }
  return { value }
}

type DoneTopics = readonly { name: string; partitions: readonly { partitionIndex: number; errorCode: number }[] }[]

function donePartitions(topics: DoneTopics): (key: TopicPartition) => Answer<void> {
  const rows = rowsByPartition(topics, ({ partitionIndex }) => partitionIndex)
  return key => doneOf(nameOf(key), rows.get(nameOf(key)))
}
