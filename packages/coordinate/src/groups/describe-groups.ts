/** DescribeGroups and ListGroups. */
import {
  createMessage,
  type DescribeGroupsResponseDescribedGroup,
  describeGroupsResponse,
  errorCodes,
  type ListGroupsRequest,
  type ListGroupsResponseListedGroup,
} from '@dorsale/protocol'
import type { Group } from './group-context.ts'

/** A group that is not there is said to be dead, and by an error from this version on. */
const groupErrorVersion = 6

/** DescribeGroups' view of a classic group. */
export function describeGroup(
  groupId: string,
  group: Group | undefined,
  apiVersion: number,
): DescribeGroupsResponseDescribedGroup {
  if (group?.kind !== 'classic') {
    const errorMessage =
      group === undefined ? `Group ${groupId} not found.` : `Group ${groupId} is not a classic group.`
    return described({
      groupId,
      groupState: 'Dead',
      ...(apiVersion >= groupErrorVersion ? { errorCode: errorCodes.GROUP_ID_NOT_FOUND, errorMessage } : {}),
    })
  }
  // Subscriptions and assignments of a rebalance under way are nobody's yet.
  const protocolName = group.state === 'Stable' ? group.protocolName : null
  return described({
    groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: protocolName ?? '',
    members: [...group.members.values()].map(member => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: (protocolName === null ? undefined : member.metadataOf(protocolName)) ?? noBytes,
      memberAssignment: protocolName === null ? noBytes : member.assignment,
    })),
  })
}

/** The groups that pass both filters; an empty one lets all pass. Names are compared without regard to case. */
export function listGroups(groups: Iterable<Group>, request: ListGroupsRequest): ListGroupsResponseListedGroup[] {
  const states = new Set(request.statesFilter.map(state => state.trim().toLowerCase()))
  const types = new Set(request.typesFilter.map(type => type.trim().toLowerCase()))
  const listed: ListGroupsResponseListedGroup[] = []
  for (const group of groups) {
    if (states.size > 0 && !states.has(group.state.toLowerCase())) continue
    if (types.size > 0 && !types.has(group.kind)) continue
    listed.push({
      groupId: group.groupId,
      protocolType: group.protocolType ?? '',
      groupState: group.state,
      groupType: group.kind,
    })
  }
  return listed
}

function described(
  partial: Partial<DescribeGroupsResponseDescribedGroup> & { groupId: string },
): DescribeGroupsResponseDescribedGroup {
  const { groups } = createMessage(describeGroupsResponse, { groups: [partial] })
  return groups[0] as DescribeGroupsResponseDescribedGroup
}

const noBytes = new Uint8Array(0)
