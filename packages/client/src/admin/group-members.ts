/** The end of groups, and of the membership of those who are in them. */
import { deleteGroupsRequest, deleteGroupsResponse, leaveGroupRequest, leaveGroupResponse } from '@dorsale/protocol'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { doneOf, refuse } from './answer.ts'
import type { GroupDescriptionAdmin } from './group-description.ts'
import type { Itemized } from './itemized.ts'
import { toCoordinators } from './route.ts'

/** A static member by its `group.instance.id`, or any by its id. */
export type MemberToRemove = { readonly groupInstanceId: string } | { readonly memberId: string }

export interface RemoveMembersOptions extends CallOptions {
  /** Default: all members. */
  readonly members?: readonly MemberToRemove[]
  /** For the log of the coordinator. */
  readonly reason?: string
}

export interface GroupMemberAdmin {
  /** Deletes groups without members, with their offsets. */
  deleteConsumerGroups(groupIds: readonly string[], options?: CallOptions): Itemized<string, void>
  /** Has members leave a group. */
  removeMembersFromConsumerGroup(groupId: string, options?: RemoveMembersOptions): Itemized<MemberToRemove, void>
}

export function groupMemberAdmin(core: AdminCore, { describeConsumerGroups }: GroupDescriptionAdmin): GroupMemberAdmin {
  return {
    deleteConsumerGroups: (groupIds, options = {}) => deleteGroups(core, groupIds, options),

    removeMembersFromConsumerGroup: (groupId, options = {}) =>
      core.each<MemberToRemove, void>({
        what: `the removal of members from group ${groupId}`,
        keys: options.members ?? (limits => everyMember(groupId, limits)),
        options,
        route: toCoordinators('group', () => groupId),
        async ask(link, keys) {
          const reason = reasonOf(options.reason)
          const response = await core.request(link, leaveGroupRequest, leaveGroupResponse, {
            groupId,
            members: keys.map(key => ({ memberId: '', ...key, reason })),
          })
          refuse(groupId, response)
          return key => {
            const row = response.members.find(member =>
              'memberId' in key ? member.memberId === key.memberId : member.groupInstanceId === key.groupInstanceId,
            )
            return doneOf(`${groupId}: ${'memberId' in key ? key.memberId : key.groupInstanceId}`, row)
          }
        },
      }),
  }

  async function everyMember(groupId: string, limits: CallOptions): Promise<MemberToRemove[]> {
    const [group] = await describeConsumerGroups([groupId], limits)
    return (group?.members ?? []).map(({ consumerId, groupInstanceId }) =>
      groupInstanceId === undefined ? { memberId: consumerId } : { groupInstanceId },
    )
  }
}

/** Deletes groups of any type. */
export function deleteGroups(
  core: AdminCore,
  groupIds: readonly string[],
  options: CallOptions,
): Itemized<string, void> {
  return core.each({
    what: 'the deletion of groups',
    keys: groupIds,
    options,
    route: toCoordinators('group', groupId => groupId),
    async ask(link, keys) {
      const response = await core.request(link, deleteGroupsRequest, deleteGroupsResponse, { groupsNames: [...keys] })
      const rows = new Map(response.results.map(row => [row.groupId, row]))
      return groupId => doneOf(groupId, rows.get(groupId))
    },
  })
}

/** As Kafka's own client says it; a coordinator keeps no more than 255 characters. */
function reasonOf(reason: string | undefined): string {
  const ours = 'member was removed by an admin'
  return (reason === undefined || reason === '' ? ours : `${ours}: ${reason}`).slice(0, reasonLengthMax)
}

const reasonLengthMax = 255
