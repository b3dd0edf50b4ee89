/**
 * LeaveGroup, key 13, versions 0 to 5: members leave a classic group, or an administrator takes static ones out by their instance id.
 *
 * - Before v3 one member leaves, and its error is the response's; v1 adds the throttle time; v4 is flexible; v5 carries a reason, which is not kept.
 */
import {
  createMessage,
  errorCodes,
  type LeaveGroupRequest,
  type LeaveGroupRequestMemberIdentity,
  type LeaveGroupResponse,
  type LeaveGroupResponseMemberResponse,
  leaveGroupResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { replierOf } from '../coordinators/repliers.ts'

/** Several members may leave at once from this version on. */
const severalVersion = 3

export const leaveGroupApi = defineApi<LeaveGroupRequest, LeaveGroupResponse>({
  key: 13,

  handle(core, request, call) {
    call.rights.require('READ', 'GROUP', request.groupId)
    const { apiVersion } = call
    if (request.groupId === '') return refusal(errorCodes.INVALID_GROUP_ID)
    const members = membersOf(request, apiVersion)
    const respond = (answers: LeaveGroupResponseMemberResponse[]) =>
      apiVersion >= severalVersion
        ? createMessage(leaveGroupResponse, { members: answers })
        : refusal(answers[0]?.errorCode ?? errorCodes.NONE)
    const replier = replierOf(call, errorCode =>
      // A group that is not there has none of its members.
      errorCode === errorCodes.UNKNOWN_MEMBER_ID
        ? respond(members.map(({ memberId, groupInstanceId }) => ({ memberId, groupInstanceId, errorCode })))
        : refusal(errorCode),
    )
    core.groups.run(
      request.groupId,
      (shard, step) => step.answer(replier, respond(shard.leaveGroup(step, request.groupId, members))),
      replier.fail,
    )
    return later
  },

  refuse: (_request, errorCode) => refusal(errorCode),
})

function membersOf(request: LeaveGroupRequest, apiVersion: number): readonly LeaveGroupRequestMemberIdentity[] {
  if (apiVersion >= severalVersion) return request.members
  return [{ memberId: request.memberId, groupInstanceId: null, reason: null }]
}

function refusal(errorCode: number): LeaveGroupResponse {
  return createMessage(leaveGroupResponse, { errorCode })
}
