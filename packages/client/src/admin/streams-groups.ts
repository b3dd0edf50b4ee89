/** Groups of Kafka Streams (KIP-1071): described, their offsets listed, altered, deleted. */
import {
  type StreamsGroupDescribeResponse,
  streamsGroupDescribeRequest,
  streamsGroupDescribeResponse,
} from '@dorsale/protocol'
import type { AdminCore } from './admin-core.ts'
import { answerOf } from './answer.ts'
import { type Coordinator, coordinatorAt, type DescribeGroupsOptions } from './group-description.ts'
import { type GroupState, groupStateOf } from './group-listing.ts'
import { deleteGroups, type GroupMemberAdmin } from './group-members.ts'
import type { GroupOffsetAdmin } from './group-offsets.ts'
import type { Itemized } from './itemized.ts'
import { type AclOperation, operationsIn } from './operations.ts'
import { toCoordinators } from './route.ts'
import {
  type StreamsTopologyDescription,
  type StreamsTopologyDescriptionStatus,
  topologyDescriptionOf,
  topologyStatusOf,
} from './streams-topology.ts'

/** Tasks of one part of the topology. */
export interface StreamsTasks {
  readonly subtopologyId: string
  readonly partitions: readonly number[]
}

/** How far a task is. */
export interface StreamsTaskOffset {
  readonly subtopologyId: string
  readonly partition: number
  /** Of all changelogs of the task together. */
  readonly offset: number
}

/** The tasks of a member of a streams group. */
export interface StreamsAssignment {
  readonly activeTasks: readonly StreamsTasks[]
  readonly standbyTasks: readonly StreamsTasks[]
  readonly warmupTasks: readonly StreamsTasks[]
}

/** A member of a streams group. */
export interface StreamsMemberDescription {
  readonly memberId: string
  readonly memberEpoch: number
  readonly instanceId: string | undefined
  readonly rackId: string | undefined
  readonly clientId: string
  readonly clientHost: string
  readonly topologyEpoch: number
  /** Members of one process share their state directory. */
  readonly processId: string
  /** Where its state can be queried. */
  readonly userEndpoint: { readonly host: string; readonly port: number } | undefined
  readonly clientTags: Readonly<Record<string, string>>
  /** Where the member is in the changelogs of its tasks, and where these end. */
  readonly taskOffsets: readonly StreamsTaskOffset[]
  readonly taskEndOffsets: readonly StreamsTaskOffset[]
  readonly assignment: StreamsAssignment
  readonly targetAssignment: StreamsAssignment
  /** Whether it speaks the classic protocol. */
  readonly isClassic: boolean
}

/** A topic that a topology needs. */
export interface StreamsTopic {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly topicConfigs: Readonly<Record<string, string>>
}

/** A part of a topology that is divided on its own. */
export interface StreamsSubtopology {
  readonly subtopologyId: string
  readonly sourceTopics: readonly string[]
  readonly repartitionSinkTopics: readonly string[]
  readonly stateChangelogTopics: readonly StreamsTopic[]
  readonly repartitionSourceTopics: readonly StreamsTopic[]
}

/** A group of Kafka Streams applications (KIP-1071), with its members and its topology. */
export interface StreamsGroupDescription {
  readonly groupId: string
  readonly groupState: GroupState
  readonly groupEpoch: number
  readonly targetAssignmentEpoch: number
  /** -1: the group has no topology yet. */
  readonly topologyEpoch: number
  readonly subtopologies: readonly StreamsSubtopology[]
  readonly members: readonly StreamsMemberDescription[]
  /** Undefined: the broker does not say. */
  readonly assignorName: string | undefined
  /** The topology in the application's own words (KIP-1331); undefined unless asked for and there. */
  readonly topologyDescription: StreamsTopologyDescription | undefined
  readonly topologyDescriptionStatus: StreamsTopologyDescriptionStatus
  readonly coordinator: Coordinator
  /** Undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

export interface DescribeStreamsGroupsOptions extends DescribeGroupsOptions {
  /** Also the topology in the application's own words. `UNSUPPORTED_VERSION` from brokers before 4.4. Default: no. */
  readonly includeTopologyDescription?: boolean
}

export interface StreamsGroupAdmin {
  describeStreamsGroups(
    groupIds: readonly string[],
    options?: DescribeStreamsGroupsOptions,
  ): Itemized<string, StreamsGroupDescription>
  /** As `listConsumerGroupOffsets`. */
  readonly listStreamsGroupOffsets: GroupOffsetAdmin['listConsumerGroupOffsets']
  /** As `alterConsumerGroupOffsets`. */
  readonly alterStreamsGroupOffsets: GroupOffsetAdmin['alterConsumerGroupOffsets']
  /** As `deleteConsumerGroupOffsets`. */
  readonly deleteStreamsGroupOffsets: GroupOffsetAdmin['deleteConsumerGroupOffsets']
  /** Deletes groups without members. The topics that Streams made for them stay. */
  readonly deleteStreamsGroups: GroupMemberAdmin['deleteConsumerGroups']
}

export function streamsGroupAdmin(core: AdminCore, offsets: GroupOffsetAdmin): StreamsGroupAdmin {
  return {
    listStreamsGroupOffsets: offsets.listConsumerGroupOffsets,
    alterStreamsGroupOffsets: offsets.alterConsumerGroupOffsets,
    deleteStreamsGroupOffsets: offsets.deleteConsumerGroupOffsets,
    deleteStreamsGroups: (groupIds, options = {}) => deleteGroups(core, groupIds, options),

    describeStreamsGroups: (groupIds, options = {}) =>
      core.each<string, StreamsGroupDescription>({
        what: 'the description of streams groups',
        keys: groupIds,
        options,
        route: toCoordinators('group', groupId => groupId),
        async ask(link, keys) {
          const { includeAuthorizedOperations = false, includeTopologyDescription = false } = options
          const value = { groupIds: [...keys], includeAuthorizedOperations, includeTopologyDescription }
          const { groups } = await core.request(link, streamsGroupDescribeRequest, streamsGroupDescribeResponse, value)
          const rows = new Map(groups.map(row => [row.groupId, row]))
          return groupId =>
            answerOf(groupId, rows.get(groupId), group => ({
              ...describedGroup(group),
              coordinator: coordinatorAt(link),
            }))
        },
      }),
  }
}

type Group = StreamsGroupDescribeResponse['groups'][number]
type Member = Group['members'][number]
type Topology = NonNullable<Group['topology']>
type Subtopology = NonNullable<Topology['subtopologies']>[number]

function describedGroup(group: Group): Omit<StreamsGroupDescription, 'coordinator'> {
  return {
    groupId: group.groupId,
    groupState: groupStateOf(group.groupState),
    groupEpoch: group.groupEpoch,
    targetAssignmentEpoch: group.assignmentEpoch,
    topologyEpoch: group.topology?.epoch ?? -1,
    subtopologies: (group.topology?.subtopologies ?? []).map(describedSubtopology),
    members: group.members.map(describedMember),
    assignorName: group.assignorName ?? undefined,
    topologyDescription:
      group.topologyDescription === null ? undefined : topologyDescriptionOf(group.topologyDescription),
    topologyDescriptionStatus: topologyStatusOf(group.topologyDescriptionStatus),
    authorizedOperations: operationsIn(group.authorizedOperations),
  }
}

function describedSubtopology(part: Subtopology): StreamsSubtopology {
  const topics = (rows: Subtopology['stateChangelogTopics']) =>
    rows.map(({ name, partitions, replicationFactor, topicConfigs }) => {
      return { name, partitions, replicationFactor, topicConfigs: recordOf(topicConfigs) }
    })
  return {
    subtopologyId: part.subtopologyId,
    sourceTopics: part.sourceTopics,
    repartitionSinkTopics: part.repartitionSinkTopics,
    stateChangelogTopics: topics(part.stateChangelogTopics),
    repartitionSourceTopics: topics(part.repartitionSourceTopics),
  }
}

function describedMember(member: Member): StreamsMemberDescription {
  return {
    memberId: member.memberId,
    memberEpoch: member.memberEpoch,
    instanceId: member.instanceId ?? undefined,
    rackId: member.rackId ?? undefined,
    clientId: member.clientId,
    clientHost: member.clientHost,
    topologyEpoch: member.topologyEpoch,
    processId: member.processId,
    userEndpoint: member.userEndpoint ?? undefined,
    clientTags: recordOf(member.clientTags),
    taskOffsets: member.taskOffsets,
    taskEndOffsets: member.taskEndOffsets,
    assignment: member.assignment,
    targetAssignment: member.targetAssignment,
    isClassic: member.isClassic,
  }
}

function recordOf(pairs: readonly { readonly key: string; readonly value: string }[]): Record<string, string> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]))
}
