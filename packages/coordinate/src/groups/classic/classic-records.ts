import { assert } from '@dorsale/base'
import { DecodeError, type GroupMetadataValue } from '@dorsale/protocol'
import { type GroupRecord, groupRecord } from '../group-records.ts'
import { ClassicGroup } from './classic-group.ts'
import { ClassicMember, noAssignment } from './classic-member.ts'

/** The version that Kafka 4 writes: version 4 is read, and written by no release yet. */
const groupMetadataVersion = 3

/** The group as it stands, with these assignments. */
export function groupMetadataRecord(group: ClassicGroup, assignments: ReadonlyMap<string, Uint8Array>): GroupRecord {
  const { protocolName } = group
  const members = [...group.members.values()].map(member => {
    const subscription = protocolName === null ? undefined : member.metadataOf(protocolName)
    assert(subscription !== undefined, 'a member that is written down knows the protocol of its group')
    return {
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.rebalanceTimeoutMs,
      sessionTimeout: member.sessionTimeoutMs,
      subscription,
      assignment: assignments.get(member.memberId) ?? noAssignment,
    }
  })
  return groupRecord('GroupMetadata', { group: group.groupId }, groupMetadataVersion, {
    protocolType: group.protocolType ?? '',
    generation: group.generationId,
    protocol: protocolName,
    leader: group.leaderId,
    currentStateTimestamp: group.stateTimestampMs,
    members,
  })
}

/** A group that nobody has joined yet. */
export function newGroupRecord(group: ClassicGroup): GroupRecord {
  return groupRecord('GroupMetadata', { group: group.groupId }, groupMetadataVersion, {
    protocol: null,
    leader: null,
    currentStateTimestamp: group.stateTimestampMs,
  })
}

/** The group that a record describes, as it is after a restart: stable if it has members, else empty. */
export function groupFromRecord(groupId: string, value: GroupMetadataValue): ClassicGroup {
  const group = new ClassicGroup(groupId, value.currentStateTimestamp)
  group.generationId = value.generation
  group.protocolName = value.protocol
  group.leaderId = value.leader
  group.protocolType = value.protocolType === '' ? null : value.protocolType
  for (const each of value.members) {
    if (group.staticMemberId(each.groupInstanceId) !== undefined) {
      throw new DecodeError(`a record of group '${groupId}' has two members of the instance '${each.groupInstanceId}'`)
    }
    const member = new ClassicMember({
      memberId: each.memberId,
      groupInstanceId: each.groupInstanceId,
      clientId: each.clientId,
      clientHost: each.clientHost,
      rebalanceTimeoutMs: each.rebalanceTimeout === -1 ? each.sessionTimeout : each.rebalanceTimeout,
      sessionTimeoutMs: each.sessionTimeout,
      protocols: [{ name: value.protocol ?? '', metadata: each.subscription }],
    })
    member.assignment = each.assignment
    group.add(member, value.protocolType, undefined)
  }
  group.restore(value.members.length === 0 ? 'Empty' : 'Stable', value.currentStateTimestamp)
  group.restoreSubscriptions()
  return group
}
