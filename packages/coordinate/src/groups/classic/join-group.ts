/** JoinGroup of classic groups: dynamic members, which get an id first (KIP-394), and static ones, which are known by their instance (KIP-345). */
import {
  createMessage,
  errorCodes,
  type JoinGroupRequest,
  type JoinGroupResponse,
  joinGroupResponse,
  ProtocolError,
} from '@dorsale/protocol'
import type { Replier } from '../../shard/step.ts'
import { newMemberJoinTimeoutMs } from '../group-config.ts'
import type { GroupClient, GroupContext, GroupStep } from '../group-context.ts'
import { randomJavaUuid } from '../java-uuid.ts'
import { ClassicGroup } from './classic-group.ts'
import { ClassicMember, type MemberProtocol } from './classic-member.ts'
import { groupMetadataRecord, newGroupRecord } from './classic-records.ts'
import {
  answerJoin,
  answerSync,
  completeJoinIfAllJoined,
  currentGeneration,
  membersForLeader,
  prepareRebalance,
  rebalanceOrCompleteJoin,
  restartSession,
  syncRefusal,
} from './rebalance.ts'

/** Members get their id before they are let in from this version on. */
export const memberIdRequiredVersion = 4
/** A leader that came back may be told to leave the assignment as it is, from this version on (KIP-814). */
const skipAssignmentVersion = 9

/** One JoinGroup at work. */
interface Join {
  readonly context: GroupContext
  readonly step: GroupStep
  readonly client: GroupClient
  readonly replier: Replier<JoinGroupResponse>
  readonly group: ClassicGroup
  readonly groupInstanceId: string | null
  readonly protocolType: string
  readonly protocols: readonly MemberProtocol[]
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
}

/** Joins a member, or lets it rejoin. The answer comes when the generation is there, which may take as long as the rebalance. */
export function joinGroup(
  context: GroupContext,
  step: GroupStep,
  known: ClassicGroup | undefined,
  request: JoinGroupRequest,
  client: GroupClient,
  replier: Replier<JoinGroupResponse>,
): void {
  const { groupId, memberId } = request
  const recordCount = step.records.length
  const isNewMember = memberId === ''
  if (known === undefined && !isNewMember) {
    step.answer(replier, joinRefusal(errorCodes.UNKNOWN_MEMBER_ID, memberId))
    return
  }
  const group = known ?? new ClassicGroup(groupId, step.now)
  if (known === undefined) context.groups.set(groupId, group)
  const join: Join = {
    context,
    step,
    client,
    replier,
    group,
    groupInstanceId: request.groupInstanceId,
    protocolType: request.protocolType,
    // Copies: they outlive the frame that they came in.
    protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Uint8Array.from(metadata) })),
    sessionTimeoutMs: request.sessionTimeoutMs,
    // Version 0 has no such field.
    rebalanceTimeoutMs: client.apiVersion === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
  }
  if (!hasRoomFor(join, memberId)) {
    group.remove(memberId)
    step.answer(replier, joinRefusal(errorCodes.GROUP_MAX_SIZE_REACHED))
  } else if (!group.supportsProtocols(request.protocolType, request.protocols)) {
    step.answer(replier, joinRefusal(errorCodes.INCONSISTENT_GROUP_PROTOCOL, memberId))
  } else if (isNewMember) {
    joinNewMember(join)
  } else {
    joinKnownMember(join, memberId)
  }
  // So that the group is there after a restart, though nobody is in it yet.
  if (known === undefined && step.records.length === recordCount) step.append(newGroupRecord(group))
}

function hasRoomFor({ context, group }: Join, memberId: string): boolean {
  const sizeMax = context.config.classicSizeMax
  switch (group.state) {
    case 'Empty':
      return true
    case 'PreparingRebalance':
      // Who of the last generation comes first stays.
      return group.members.get(memberId)?.awaitingJoin !== undefined || group.awaitingJoinCount < sizeMax
    case 'CompletingRebalance':
    case 'Stable':
      return group.members.has(memberId) || group.members.size < sizeMax
  }
}

function joinNewMember(join: Join): void {
  const { context, step, client, group, groupInstanceId, replier } = join
  const memberId = `${groupInstanceId ?? client.clientId}-${randomJavaUuid(context.prng)}`
  const existing = group.members.get(group.staticMemberId(groupInstanceId) ?? '')
  if (existing !== undefined) {
    replaceStaticMember(join, existing, memberId)
  } else if (groupInstanceId !== null || client.apiVersion < memberIdRequiredVersion) {
    addMember(join, memberId)
  } else {
    // A client that dies before it hears its id would leave a member behind for a whole session: it has to come back with the id.
    const timer = context.timers.set(join.sessionTimeoutMs, later => {
      group.forgetPending(memberId)
      completeJoinIfAllJoined(context, later, group)
    })
    group.pendingJoins.set(memberId, timer)
    step.answer(replier, joinRefusal(errorCodes.MEMBER_ID_REQUIRED, memberId))
  }
}

function joinKnownMember(join: Join, memberId: string): void {
  const { step, group, groupInstanceId, replier } = join
  if (group.pendingJoins.has(memberId)) {
    if (groupInstanceId === null) addMember(join, memberId)
    // Kafka takes this for a state that cannot be, and so do its clients: a static member is never asked to come back.
    else step.answer(replier, joinRefusal(errorCodes.UNKNOWN_SERVER_ERROR, memberId))
    return
  }
  let member: ClassicMember
  try {
    member = group.checkMember(memberId, groupInstanceId)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    step.answer(replier, joinRefusal(error.errorCode, memberId))
    return
  }
  const asBefore = member.matches(join.protocols)
  switch (group.state) {
    case 'PreparingRebalance':
      updateMember(join, member)
      return
    case 'CompletingRebalance':
      // The answer to its first join may have been lost.
      if (asBefore) step.answer(replier, currentGeneration(group, memberId))
      else updateMember(join, member)
      return
    case 'Stable':
      // A leader joins again when what it assigns has changed, a topic for example.
      if (group.leaderId === memberId || !asBefore) updateMember(join, member)
      else step.answer(replier, currentGeneration(group, memberId))
      return
    case 'Empty':
      step.answer(replier, joinRefusal(errorCodes.UNKNOWN_MEMBER_ID, memberId))
      return
  }
}

function addMember(join: Join, memberId: string): void {
  const { context, step, client, group, replier } = join
  const member = new ClassicMember({
    memberId,
    groupInstanceId: join.groupInstanceId,
    clientId: client.clientId,
    clientHost: client.clientHost,
    rebalanceTimeoutMs: join.rebalanceTimeoutMs,
    sessionTimeoutMs: join.sessionTimeoutMs,
    protocols: join.protocols,
  })
  member.isNew = true
  if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') group.newMemberAdded = true
  group.add(member, join.protocolType, replier)
  restartSession(context, group, member, newMemberJoinTimeoutMs)
  rebalanceOrCompleteJoin(context, step, group)
}

function updateMember(join: Join, member: ClassicMember): void {
  const { context, step, group } = join
  takeJoin(join, member)
  rebalanceOrCompleteJoin(context, step, group)
}

/** The member's word of today, and its parked request. */
function takeJoin(join: Join, member: ClassicMember): void {
  const { step, group, replier } = join
  // A former JoinGroup of the same member, most likely on a connection that is dead: one of them is enough.
  answerJoin(step, group, member, joinRefusal(errorCodes.REBALANCE_IN_PROGRESS, member.memberId))
  group.update(member, join)
  group.setAwaitingJoin(member, replier)
}

/** A static member has started anew: it takes the place of its predecessor, whose requests are fenced from now on. */
function replaceStaticMember(join: Join, old: ClassicMember, memberId: string): void {
  const { context, step, group, client } = join
  const leaderBefore = group.leaderId ?? ''
  answerJoin(step, group, old, joinRefusal(errorCodes.FENCED_INSTANCE_ID, old.memberId))
  answerSync(step, old, syncRefusal(errorCodes.FENCED_INSTANCE_ID))
  const member = new ClassicMember({
    memberId,
    groupInstanceId: old.groupInstanceId,
    clientId: client.clientId,
    clientHost: client.clientHost,
    rebalanceTimeoutMs: old.rebalanceTimeoutMs,
    sessionTimeoutMs: old.sessionTimeoutMs,
    protocols: old.protocols,
  })
  member.assignment = old.assignment
  group.replaceStatic(old, member)
  takeJoin(join, member)
  restartSession(context, group, member)
  switch (group.state) {
    case 'Stable':
      if (group.selectProtocol() === group.protocolName) keepAssignment(join, member, leaderBefore)
      else rebalanceOrCompleteJoin(context, step, group)
      return
    case 'CompletingRebalance':
      // The leader may be assigning to the old id at this moment.
      prepareRebalance(context, step, group)
      return
    case 'PreparingRebalance':
      completeJoinIfAllJoined(context, step, group)
      return
    case 'Empty':
      throw new Error(`a member of a group that is ${group.state}`)
  }
}

/** Nothing changes but an id: no rebalance. */
function keepAssignment(join: Join, member: ClassicMember, leaderBefore: string): void {
  const { step, group, client } = join
  const { memberId } = member
  const assignments = new Map([...group.members.values()].map(each => [each.memberId, each.assignment]))
  step.append(groupMetadataRecord(group, assignments))
  const response = currentGeneration(group, memberId)
  if (client.apiVersion >= skipAssignmentVersion) {
    const isLeader = group.leaderId === memberId
    response.members = isLeader ? membersForLeader(group) : []
    response.skipAssignment = isLeader
  } else {
    // A client that cannot skip would assign anew if it heard that it leads: it hears its old id instead.
    response.leader = leaderBefore
    response.members = []
  }
  answerJoin(step, group, member, response)
}

/** An answer that is an error. */
export function joinRefusal(errorCode: number, memberId = ''): JoinGroupResponse {
  return createMessage(joinGroupResponse, { errorCode, memberId, protocolName: null })
}
