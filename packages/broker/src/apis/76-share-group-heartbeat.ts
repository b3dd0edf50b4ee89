/**
 * ShareGroupHeartbeat, key 76, version 1: the one request by which a member of a share group (KIP-932) joins, lives, hears which partitions to read, and leaves.
 *
 * - Epoch 0 joins; -1 leaves. Any other epoch must be the member's own or the one before: FENCED_MEMBER_EPOCH has it join again.
 * - Partitions that are new to the group are handed out once the share coordinator keeps their state, which is after this answer: as in Kafka, the first
 *   member of a new group hears of them with its second heartbeat.
 * - UNSUPPORTED_VERSION while `share.version` is 0.
 */
import type { ShareInitialization } from '@dorsale/coordinate'
import {
  createMessage,
  errorCodes,
  ProtocolError,
  type ShareGroupHeartbeatRequest,
  type ShareGroupHeartbeatResponse,
  shareGroupHeartbeatResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { groupClientOf } from '../coordinators/repliers.ts'
import { initializeShareState } from '../coordinators/share-group-state.ts'
import { requireTopics } from '../security/require-topics.ts'
import { isShareMemberId } from '../share/share-requests.ts'

export const shareGroupHeartbeatApi = defineApi<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse>({
  key: 76,

  handle(core, request, call) {
    if (!core.groups.servesShareGroups) return refusal(new ProtocolError(errorCodes.UNSUPPORTED_VERSION))
    call.rights.require('READ', 'GROUP', request.groupId)
    // Kafka refuses these before its coordinator sees them, and without a text.
    if (!isShareMemberId(request.memberId)) {
      return createMessage(shareGroupHeartbeatResponse, { errorCode: errorCodes.INVALID_REQUEST })
    }
    requireTopics(call, request.subscribedTopicNames)
    const problem = problemOf(request)
    if (problem !== undefined) return refusal(new ProtocolError(errorCodes.INVALID_REQUEST, problem))
    let initialize: ShareInitialization | undefined
    const replier = {
      answer: (response: ShareGroupHeartbeatResponse) => {
        call.reply(response)
        if (initialize !== undefined) initializeShareState(core, initialize)
      },
      fail: (error: ProtocolError) => call.reply(refusal(error)),
    }
    core.groups.run(
      request.groupId,
      (shard, step) => {
        const outcome = shard.shareGroupHeartbeat(step, request, groupClientOf(call))
        initialize = outcome.initialize
        step.answer(replier, outcome.response)
      },
      replier.fail,
    )
    return later
  },

  refuse: (_request, errorCode) => createMessage(shareGroupHeartbeatResponse, { errorCode }),
})

/** What is wrong with the request by itself, in words. */
function problemOf(request: ShareGroupHeartbeatRequest): string | undefined {
  if (request.memberId.trim() === '') return "MemberId can't be empty."
  if (request.groupId.trim() === '') return "GroupId can't be empty."
  if (request.rackId?.trim() === '') return "RackId can't be empty."
  if (request.memberEpoch < -1) return 'MemberEpoch is invalid.'
  const isFirst = request.memberEpoch === 0
  const saysNothing = request.subscribedTopicNames === null || request.subscribedTopicNames.length === 0
  return isFirst && saysNothing ? 'SubscribedTopicNames must be set in first request.' : undefined
}

function refusal({ errorCode, message }: ProtocolError): ShareGroupHeartbeatResponse {
  return createMessage(shareGroupHeartbeatResponse, { errorCode, errorMessage: message })
}
