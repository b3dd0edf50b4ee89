/** Groups of consumers, of the classic protocol and of KIP-848, described by their coordinators; and classic groups of any kind. */
import { DorsaleError } from '@dorsale/base'
import {
  type ConsumerGroupDescribeResponse,
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
  type DescribeGroupsResponse,
  describeGroupsRequest,
  describeGroupsResponse,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import { decodeAssignment } from '../consumer/consumer-protocol.ts'
import type { TopicPartition } from '../consumer/offset-lookup.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { type Answer, answerOf, unanswered } from './answer.ts'
import { type GroupState, type GroupType, groupStateOf } from './group-listing.ts'
import type { Itemized } from './itemized.ts'
import { type AclOperation, operationsIn } from './operations.ts'
import { toCoordinators } from './route.ts'

/** Where a group is coordinated. */
export interface Coordinator {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

/** A member of a consumer group. */
export interface MemberDescription {
  /** The member's id. */
  readonly consumerId: string
  readonly groupInstanceId: string | undefined
  readonly rackId: string | undefined
  readonly clientId: string
  readonly host: string
  readonly assignment: readonly TopicPartition[]
  /** What it shall have when it has given up and taken what it must; undefined for members of classic groups, as all that follows. */
  readonly targetAssignment: readonly TopicPartition[] | undefined
  readonly memberEpoch: number | undefined
  /** Whether it speaks the protocol of its group, and not yet the classic one; undefined from brokers older than Kafka 4.0. */
  readonly upgraded: boolean | undefined
  readonly subscribedTopicNames: readonly string[] | undefined
  readonly subscribedTopicRegex: string | undefined
}

/** A group whose partitions its broker divides (KIP-848), with its members. */
export interface ConsumerGroupDescription {
  readonly groupId: string
  readonly type: GroupType
  readonly groupState: GroupState
  /** Whether it has no members by its nature, and is there for its offsets alone. */
  readonly isSimpleConsumerGroup: boolean
  readonly partitionAssignor: string
  readonly members: readonly MemberDescription[]
  readonly coordinator: Coordinator
  /** Undefined for classic groups. */
  readonly groupEpoch: number | undefined
  /** Undefined for classic groups. */
  readonly targetAssignmentEpoch: number | undefined
  /** Undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

/** A member of a classic group of any kind, with the bytes that only its kind can read. */
export interface ClassicMemberDescription {
  readonly consumerId: string
  readonly groupInstanceId: string | undefined
  readonly clientId: string
  readonly host: string
  /** Of consumers; empty for others. */
  readonly assignment: readonly TopicPartition[]
  readonly metadataBytes: Uint8Array
  readonly assignmentBytes: Uint8Array
}

/** A group of the classic protocol, with its members. */
export interface ClassicGroupDescription {
  readonly groupId: string
  /** `consumer`, `connect`, ...; empty for a group that only commits offsets. */
  readonly protocol: string
  /** The assignor, say. */
  readonly protocolData: string
  readonly isSimpleConsumerGroup: boolean
  readonly groupState: GroupState
  readonly members: readonly ClassicMemberDescription[]
  readonly coordinator: Coordinator
  /** Undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

export interface DescribeGroupsOptions extends CallOptions {
  /** Whether to say what the caller may do with each group. Default: false. */
  readonly includeAuthorizedOperations?: boolean
}

export interface GroupDescriptionAdmin {
  /** Groups of consumers of either protocol. A group of another kind fails with `DORSALE_GROUP_TYPE`. */
  describeConsumerGroups(
    groupIds: readonly string[],
    options?: DescribeGroupsOptions,
  ): Itemized<string, ConsumerGroupDescription>
  /** Classic groups of any kind: of consumers, of Connect's workers, ... */
  describeClassicGroups(
    groupIds: readonly string[],
    options?: DescribeGroupsOptions,
  ): Itemized<string, ClassicGroupDescription>
}

export function groupDescriptionAdmin(core: AdminCore): GroupDescriptionAdmin {
  return {
    describeConsumerGroups: (groupIds, options = {}) =>
      core.each({
        what: 'the description of groups',
        keys: groupIds,
        options,
        route: toCoordinators('group', groupId => groupId),
        async ask(link, keys) {
          const modern = await describeModern(core, link, keys, options)
          // Those that the new protocol does not know may be classic, or not there at all.
          const others = keys.filter(key => !modern.has(key))
          const classic = await describeClassic(core, link, others, options)
          return key => modern.get(key) ?? asConsumerGroup(classic(key))
        },
      }),

    describeClassicGroups: (groupIds, options = {}) =>
      core.each({
        what: 'the description of groups',
        keys: groupIds,
        options,
        route: toCoordinators('group', groupId => groupId),
        ask: (link, keys) => describeClassic(core, link, keys, options),
      }),
  }
}

/** Answers about groups of KIP-848; without those that are none. */
async function describeModern(
  core: AdminCore,
  link: BrokerLink,
  groupIds: readonly string[],
  options: DescribeGroupsOptions,
): Promise<Map<string, Answer<ConsumerGroupDescription>>> {
  const answers = new Map<string, Answer<ConsumerGroupDescription>>()
  await link.ready()
  if (link.versions.pick(consumerGroupDescribeRequest) === undefined) return answers
  const response = await core.request(link, consumerGroupDescribeRequest, consumerGroupDescribeResponse, {
    groupIds: [...groupIds],
    includeAuthorizedOperations: options.includeAuthorizedOperations ?? false,
  })
  for (const row of response.groups) {
    const { errorCode, groupId } = row
    if (errorCode === errorCodes.GROUP_ID_NOT_FOUND || errorCode === errorCodes.UNSUPPORTED_VERSION) continue
    answers.set(
      groupId,
      answerOf(groupId, row, group => ({
        groupId,
        type: 'Consumer',
        groupState: groupStateOf(group.groupState),
        isSimpleConsumerGroup: false,
        partitionAssignor: group.assignorName,
        members: group.members.map(modernMember),
        coordinator: coordinatorAt(link),
        groupEpoch: group.groupEpoch,
        targetAssignmentEpoch: group.assignmentEpoch,
        authorizedOperations: operationsIn(group.authorizedOperations),
      })),
    )
  }
  return answers
}

type ModernMember = ConsumerGroupDescribeResponse['groups'][number]['members'][number]

function modernMember(member: ModernMember): MemberDescription {
  return {
    consumerId: member.memberId,
    groupInstanceId: member.instanceId ?? undefined,
    rackId: member.rackId ?? undefined,
    clientId: member.clientId,
    host: member.clientHost,
    assignment: partitionsOf(member.assignment.topicPartitions),
    targetAssignment: partitionsOf(member.targetAssignment.topicPartitions),
    memberEpoch: member.memberEpoch,
    upgraded: member.memberType < 0 ? undefined : member.memberType === 1,
    subscribedTopicNames: member.subscribedTopicNames,
    subscribedTopicRegex: member.subscribedTopicRegex ?? undefined,
  }
}

/** Partitions that a response names by topic. */
export function partitionsOf(
  topics: readonly { readonly topicName: string; readonly partitions: readonly number[] }[],
): TopicPartition[] {
  return topics.flatMap(({ topicName: topic, partitions }) => partitions.map(partition => ({ topic, partition })))
}

async function describeClassic(
  core: AdminCore,
  link: BrokerLink,
  groupIds: readonly string[],
  options: DescribeGroupsOptions,
): Promise<(groupId: string) => Answer<ClassicGroupDescription>> {
  if (groupIds.length === 0) return groupId => ({ error: unanswered(groupId) })
  const response = await core.request(link, describeGroupsRequest, describeGroupsResponse, {
    groups: [...groupIds],
    includeAuthorizedOperations: options.includeAuthorizedOperations ?? false,
  })
  const rows = new Map(response.groups.map(row => [row.groupId, row]))
  return groupId => {
    const answer = answerOf(groupId, rows.get(groupId), row => classicGroup(row, link))
    // Before Kafka 4.0 a group that is not there was described as dead.
    if ('value' in answer && answer.value.groupState === 'Dead') {
      return { error: new ProtocolError(errorCodes.GROUP_ID_NOT_FOUND, `${groupId}: there is no such group.`) }
    }
    return answer
  }
}

function classicGroup(row: DescribeGroupsResponse['groups'][number], link: BrokerLink): ClassicGroupDescription {
  const { groupId, protocolType, protocolData, groupState, members, authorizedOperations } = row
  return {
    groupId,
    protocol: protocolType,
    protocolData,
    isSimpleConsumerGroup: protocolType === '',
    groupState: groupStateOf(groupState),
    members: members.map(member => ({
      consumerId: member.memberId,
      groupInstanceId: member.groupInstanceId ?? undefined,
      clientId: member.clientId,
      host: member.clientHost,
      assignment: protocolType === consumerProtocol ? [...decodeAssignment(member.memberAssignment).partitions] : [],
      metadataBytes: member.memberMetadata,
      assignmentBytes: member.memberAssignment,
    })),
    coordinator: coordinatorAt(link),
    authorizedOperations: operationsIn(authorizedOperations),
  }
}

const consumerProtocol = 'consumer'

function asConsumerGroup(answer: Answer<ClassicGroupDescription>): Answer<ConsumerGroupDescription> {
  if ('error' in answer) return answer
  const { groupId, protocol, protocolData, groupState, members, coordinator, authorizedOperations } = answer.value
  if (protocol !== consumerProtocol && protocol !== '') {
    const text = `${groupId} is a group of ${protocol}, and not of consumers: describeClassicGroups can describe it`
    return { error: new DorsaleError('DORSALE_GROUP_TYPE', text) }
  }
  return {
    value: {
      groupId,
      type: 'Classic',
      groupState,
      isSimpleConsumerGroup: protocol === '',
      partitionAssignor: protocolData,
      members: members.map(({ consumerId, groupInstanceId, clientId, host, assignment }) => ({
        consumerId,
        groupInstanceId,
        rackId: undefined,
        clientId,
        host,
        assignment,
        targetAssignment: undefined,
        memberEpoch: undefined,
        upgraded: undefined,
        subscribedTopicNames: undefined,
        subscribedTopicRegex: undefined,
      })),
      coordinator,
      groupEpoch: undefined,
      targetAssignmentEpoch: undefined,
      authorizedOperations,
    },
  }
}

/** The coordinator that answered. */
export function coordinatorAt({ nodeId, host, port }: BrokerLink): Coordinator {
  return { nodeId, host, port }
}
