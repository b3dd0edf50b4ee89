/**
 * DeleteGroups, key 42, versions 0 to 3: groups without members go, with what they have committed.
 *
 * - v1 adds nothing; v2 is flexible; v3 has a place for an error message.
 * - Each group succeeds or fails for itself: GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP.
 * - Of a share group the share coordinator first forgets how far it is; until that is done the group is there.
 */
import type { GroupShard, GroupStep } from '@dorsale/coordinate'
import {
  createMessage,
  type DeleteGroupsRequest,
  type DeleteGroupsResponse,
  deleteGroupsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'
import { forgetShareState } from '../coordinators/share-group-state.ts'

export const deleteGroupsApi = defineApi<DeleteGroupsRequest, DeleteGroupsResponse>({
  key: 42,

  handle(core, { groupsNames }, call) {
    const groupIds = [...new Set(groupsNames)]
    const settle = gather<number>(groupIds.length, errors =>
      call.reply(answer(groupIds.map((groupId, index) => ({ groupId, errorCode: errors[index] as number })))),
    )
    const mayDelete = call.rights.allows('DELETE', 'GROUP')
    for (const [index, groupId] of groupIds.entries()) {
      if (!mayDelete(groupId)) {
        settle(index, errorCodes.GROUP_AUTHORIZATION_FAILED)
        continue
      }
      const replier = {
        answer: (errorCode: number) => settle(index, errorCode),
        fail: ({ errorCode }: { errorCode: number }) => settle(index, errorCode),
      }
      const remove = (shard: GroupShard, step: GroupStep) => {
        shard.deleteGroup(step, groupId)
        step.answer(replier, errorCodes.NONE)
      }
      core.groups.run(
        groupId,
        (shard, step) => {
          const partitions = shard.forgetSharePartitions(step, groupId)
          if (partitions.length === 0) {
            remove(shard, step)
            return
          }
          const forget = () =>
            forgetShareState(core, groupId, partitions, error => {
              if (error === undefined) core.groups.run(groupId, remove, replier.fail)
              else replier.fail(error)
            })
          step.answer({ answer: forget, fail: replier.fail }, undefined)
        },
        replier.fail,
      )
    }
    return later
  },

  refuse: ({ groupsNames }, errorCode) => answer(groupsNames.map(groupId => ({ groupId, errorCode }))),
})

function answer(results: { groupId: string; errorCode: number }[]): DeleteGroupsResponse {
  return createMessage(deleteGroupsResponse, { results })
}
