/**
 * SyncGroup, key 14, versions 0 to 5: the leader of a classic group brings the assignment, every member takes its own. Answered when the leader has synced.
 *
 * - v1 adds the throttle time; v3 static members; v4 is flexible; v5 names protocol and type, which must be the group's: without them it is
 *   INCONSISTENT_GROUP_PROTOCOL.
 */
import {
  createMessage,
  errorCodes,
  type SyncGroupRequest,
  type SyncGroupResponse,
  syncGroupResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { replierOf } from '../coordinators/repliers.ts'

export const syncGroupApi = defineApi<SyncGroupRequest, SyncGroupResponse>({
  key: 14,

  handle(core, request, call) {
    const { groupId, protocolType, protocolName } = request
    if (call.apiVersion >= 5 && (protocolType === null || protocolName === null))
      return refusal(errorCodes.INCONSISTENT_GROUP_PROTOCOL)
    call.rights.require('READ', 'GROUP', groupId)
    if (groupId === '') return refusal(errorCodes.INVALID_GROUP_ID)
    const replier = replierOf(call, refusal)
    core.groups.run(groupId, (shard, step) => shard.syncGroup(step, request, replier), replier.fail)
    return later
  },

  refuse: (_request, errorCode) => refusal(errorCode),
})

function refusal(errorCode: number): SyncGroupResponse {
  return createMessage(syncGroupResponse, { errorCode })
}
