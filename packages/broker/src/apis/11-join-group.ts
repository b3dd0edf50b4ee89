/**
 * JoinGroup, key 11, versions 0 to 9: a member joins a classic group, or joins it again for a rebalance. Answered when the generation is there.
 *
 * - v0 has no rebalance timeout: the session's counts; v2 adds the throttle time; v4 makes a new member come back with the id that it is given
 *   (KIP-394); v5 brings static members (KIP-345); v6 is flexible; v7 tells the protocol type; v8 carries a reason, which is not kept; v9 may
 *   tell a leader to leave the assignment as it is (KIP-814).
 * - A request that is sent again while the first is parked takes its place; the first is answered REBALANCE_IN_PROGRESS. Kafka leaves it unanswered.
 */
import {
  createMessage,
  errorCodes,
  type JoinGroupRequest,
  type JoinGroupResponse,
  joinGroupResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { groupClientOf, replierOf } from '../coordinators/repliers.ts'

export const joinGroupApi = defineApi<JoinGroupRequest, JoinGroupResponse>({
  key: 11,

  handle(core, request, call) {
    call.rights.require('READ', 'GROUP', request.groupId)
    const { apiVersion } = call
    if (request.groupId === '') return refusal(apiVersion, errorCodes.INVALID_GROUP_ID, request.memberId)
    const { classicSessionTimeoutMsMin, classicSessionTimeoutMsMax } = core.groups.config
    if (request.sessionTimeoutMs < classicSessionTimeoutMsMin || request.sessionTimeoutMs > classicSessionTimeoutMsMax)
      return refusal(apiVersion, errorCodes.INVALID_SESSION_TIMEOUT, request.memberId)
    const replier = replierOf(call, errorCode => refusal(apiVersion, errorCode, request.memberId))
    const answer = (response: JoinGroupResponse) => replier.answer(withNames(response, apiVersion))
    core.groups.run(
      request.groupId,
      (shard, step) => shard.joinGroup(step, request, groupClientOf(call), { ...replier, answer }),
      replier.fail,
    )
    return later
  },

  refuse: (request, errorCode, apiVersion) => refusal(apiVersion, errorCode, request.memberId),
})

function refusal(apiVersion: number, errorCode: number, memberId: string): JoinGroupResponse {
  return withNames(createMessage(joinGroupResponse, { errorCode, memberId, protocolName: null }), apiVersion)
}

/** Before v7 a protocol that is not there is an empty name. */
function withNames(response: JoinGroupResponse, apiVersion: number): JoinGroupResponse {
  if (apiVersion < 7) response.protocolName ??= ''
  return response
}
