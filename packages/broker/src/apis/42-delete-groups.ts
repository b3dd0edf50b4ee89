/**
 * DeleteGroups, key 42, versions 0 to 3: groups without members go, with what they have committed.
 *
 * - v1 adds nothing; v2 is flexible; v3 has a place for an error message.
 * - Each group succeeds or fails for itself: GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP.
 */
import {
  createMessage,
  type DeleteGroupsRequest,
  type DeleteGroupsResponse,
  deleteGroupsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'

export const deleteGroupsApi = defineApi<DeleteGroupsRequest, DeleteGroupsResponse>({
  key: 42,

  handle(core, { groupsNames }, call) {
    const groupIds = [...new Set(groupsNames)]
    const settle = gather<number>(groupIds.length, errors =>
      call.reply(answer(groupIds.map((groupId, index) => ({ groupId, errorCode: errors[index] as number })))),
    )
    for (const [index, groupId] of groupIds.entries()) {
      const replier = {
        answer: (errorCode: number) => settle(index, errorCode),
        fail: ({ errorCode }: { errorCode: number }) => settle(index, errorCode),
      }
      core.groups.run(
        groupId,
        (shard, step) => {
          shard.deleteGroup(step, groupId)
          step.answer(replier, errorCodes.NONE)
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
