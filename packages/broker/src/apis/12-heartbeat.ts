/**
 * Heartbeat, key 12, versions 0 to 4: a member of a classic group lives; it is told when to join again.
 *
 * - v1 adds the throttle time; v3 static members; v4 is flexible.
 * - While the group is loaded the answer is no error: the member goes on, and asks again soon.
 */
import {
  createMessage,
  errorCodes,
  type HeartbeatRequest,
  type HeartbeatResponse,
  heartbeatResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { replierOf } from '../coordinators/repliers.ts'

export const heartbeatApi = defineApi<HeartbeatRequest, HeartbeatResponse>({
  key: 12,

  handle(core, request, call) {
    call.rights.require('READ', 'GROUP', request.groupId)
    if (request.groupId === '') return answer(errorCodes.INVALID_GROUP_ID)
    const replier = replierOf(call, answer)
    core.groups.run(
      request.groupId,
      (shard, step) => step.answer(replier, answer(shard.heartbeat(request))),
      error => {
        const isLoading = error.errorCode === errorCodes.COORDINATOR_LOAD_IN_PROGRESS
        call.reply(answer(isLoading ? errorCodes.NONE : error.errorCode))
      },
    )
    return later
  },

  refuse: (_request, errorCode) => answer(errorCode),
})

function answer(errorCode: number): HeartbeatResponse {
  return createMessage(heartbeatResponse, { errorCode })
}
