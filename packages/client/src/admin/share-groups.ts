/** Share groups (KIP-932): described, their offsets listed, altered, deleted. */
import {
  alterShareGroupOffsetsRequest,
  alterShareGroupOffsetsResponse,
  type DescribeShareGroupOffsetsResponse,
  deleteShareGroupOffsetsRequest,
  deleteShareGroupOffsetsResponse,
  describeShareGroupOffsetsRequest,
  describeShareGroupOffsetsResponse,
  shareGroupDescribeRequest,
  shareGroupDescribeResponse,
} from '@dorsale/protocol'
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { type Answer, answerOf, doneOf, errorIn, refuse } from './answer.ts'
import { type Coordinator, coordinatorAt, type DescribeGroupsOptions, partitionsOf } from './group-description.ts'
import { type GroupState, groupStateOf } from './group-listing.ts'
import { deleteGroups } from './group-members.ts'
import type { GroupOffsetsQuestion } from './group-offsets.ts'
import type { Itemized } from './itemized.ts'
import { type AclOperation, operationsIn } from './operations.ts'
import { indexesByTopic, partitionsByTopic, rowsByPartition } from './partitions.ts'
import { toCoordinators } from './route.ts'

/** A member of a share group. */
export interface ShareMemberDescription {
  /** The member's id. */
  readonly consumerId: string
  readonly rackId: string | undefined
  readonly clientId: string
  readonly host: string
  readonly memberEpoch: number
  readonly subscribedTopicNames: readonly string[]
  readonly assignment: readonly TopicPartition[]
}

/** A share group (KIP-932), with its members. */
export interface ShareGroupDescription {
  readonly groupId: string
  readonly groupState: GroupState
  readonly groupEpoch: number
  readonly targetAssignmentEpoch: number
  readonly assignorName: string
  readonly members: readonly ShareMemberDescription[]
  readonly coordinator: Coordinator
  /** Undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

/** Where a share group begins in a partition: records before are settled. */
export interface SharePartitionOffset extends TopicPartition {
  /** Undefined: the group has the partition and has not begun with it, as Kafka's client tells it by a null. */
  readonly startOffset: number | undefined
  /** Undefined: not known. */
  readonly leaderEpoch: number | undefined
  /** Records that are not settled (KIP-1226); undefined: not known. */
  readonly lag: number | undefined
}

export interface NewShareOffset extends TopicPartition {
  readonly startOffset: number
}

export interface ShareGroupAdmin {
  describeShareGroups(
    groupIds: readonly string[],
    options?: DescribeGroupsOptions,
  ): Itemized<string, ShareGroupDescription>
  /** Where groups begin in the partitions that are asked about, or in all that they have. */
  listShareGroupOffsets(
    questions: readonly GroupOffsetsQuestion[],
    options?: CallOptions,
  ): Itemized<GroupOffsetsQuestion, SharePartitionOffset[]>
  /** Has a group, which must have no members, begin elsewhere. */
  alterShareGroupOffsets(
    groupId: string,
    offsets: readonly NewShareOffset[],
    options?: CallOptions,
  ): Itemized<NewShareOffset, void>
  /** Forgets where a group, which must have no members, begins in topics. */
  deleteShareGroupOffsets(groupId: string, topics: readonly string[], options?: CallOptions): Itemized<string, void>
  /** Deletes groups without members. */
  deleteShareGroups(groupIds: readonly string[], options?: CallOptions): Itemized<string, void>
}

export function shareGroupAdmin(core: AdminCore): ShareGroupAdmin {
  return {
    deleteShareGroups: (groupIds, options = {}) => deleteGroups(core, groupIds, options),

    describeShareGroups: (groupIds, options = {}) =>
      core.each<string, ShareGroupDescription>({
        what: 'the description of share groups',
        keys: groupIds,
        options,
        route: toCoordinators('group', groupId => groupId),
        async ask(link, keys) {
          const { includeAuthorizedOperations = false } = options
          const value = { groupIds: [...keys], includeAuthorizedOperations }
          const { groups } = await core.request(link, shareGroupDescribeRequest, shareGroupDescribeResponse, value)
          const rows = new Map(groups.map(row => [row.groupId, row]))
          return groupId =>
            answerOf(groupId, rows.get(groupId), group => ({
              groupId,
              groupState: groupStateOf(group.groupState),
              groupEpoch: group.groupEpoch,
              targetAssignmentEpoch: group.assignmentEpoch,
              assignorName: group.assignorName,
              members: group.members.map(member => ({
                consumerId: member.memberId,
                rackId: member.rackId ?? undefined,
                clientId: member.clientId,
                host: member.clientHost,
                memberEpoch: member.memberEpoch,
                subscribedTopicNames: member.subscribedTopicNames,
                assignment: partitionsOf(member.assignment.topicPartitions),
              })),
              coordinator: coordinatorAt(link),
              authorizedOperations: operationsIn(group.authorizedOperations),
            }))
        },
      }),

    listShareGroupOffsets: (questions, options = {}) =>
      core.each({
        what: 'the offsets of share groups',
        keys: questions,
        options,
        route: toCoordinators('group', ({ groupId }) => groupId),
        async ask(link, keys) {
          const groups = keys.map(({ groupId, partitions }) => ({
            groupId,
            topics:
              partitions === undefined
                ? null
                : indexesByTopic(partitions).map(({ name, indexes }) => ({ topicName: name, partitions: indexes })),
          }))
          const tables = [describeShareGroupOffsetsRequest, describeShareGroupOffsetsResponse] as const
          const response = await core.request(link, ...tables, { groups })
          // In the order of the request: a group may be asked about twice.
          return key => shareOffsets(key.groupId, response.groups[keys.indexOf(key)])
        },
      }),

    alterShareGroupOffsets: (groupId, offsets, options = {}) =>
      core.each<NewShareOffset, void>({
        what: `the offsets of share group ${groupId}`,
        keys: offsets,
        options,
        route: toCoordinators('group', () => groupId),
        async ask(link, keys) {
          const topics = partitionsByTopic(keys, ({ partition, startOffset }) => {
            return { partitionIndex: partition, startOffset }
          }).map(({ name, partitions }) => ({ topicName: name, partitions }))
          const tables = [alterShareGroupOffsetsRequest, alterShareGroupOffsetsResponse] as const
          const response = await core.request(link, ...tables, { groupId, topics })
          refuse(groupId, response)
          const named = response.responses.map(({ topicName, partitions }) => ({ name: topicName, partitions }))
          const rows = rowsByPartition(named, ({ partitionIndex }) => partitionIndex)
          return key => doneOf(nameOf(key), rows.get(nameOf(key)))
        },
      }),

    deleteShareGroupOffsets: (groupId, topics, options = {}) =>
      core.each({
        what: `the offsets of share group ${groupId}`,
        keys: topics,
        options,
        route: toCoordinators('group', () => groupId),
        async ask(link, keys) {
          const value = { groupId, topics: keys.map(topicName => ({ topicName })) }
          const tables = [deleteShareGroupOffsetsRequest, deleteShareGroupOffsetsResponse] as const
          const response = await core.request(link, ...tables, value)
          refuse(groupId, response)
          const rows = new Map(response.responses.map(row => [row.topicName, row]))
          return topic => doneOf(`${groupId}: ${topic}`, rows.get(topic))
        },
      }),
  }
}

type OffsetsOfGroup = DescribeShareGroupOffsetsResponse['groups'][number]

function shareOffsets(groupId: string, group: OffsetsOfGroup | undefined): Answer<SharePartitionOffset[]> {
  const answer = answerOf(groupId, group, ({ topics }) => topics)
  if ('error' in answer) return answer
  const value: SharePartitionOffset[] = []
  for (const { topicName: topic, partitions } of answer.value) {
    for (const row of partitions) {
      const error = errorIn(`${groupId}: ${nameOf({ topic, partition: row.partitionIndex })}`, row)
      if (error !== undefined) return { error }
      const told = (number: number) => (row.startOffset < 0 || number < 0 ? undefined : number)
      const { partitionIndex: partition, startOffset, leaderEpoch, lag } = row
      value.push({
        topic,
        partition,
        startOffset: told(startOffset),
        leaderEpoch: told(leaderEpoch),
        lag: told(lag),
      })
    }
  }
  return { value }
}
