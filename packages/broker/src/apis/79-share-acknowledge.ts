/**
 * ShareAcknowledge, key 79, versions 1 to 2: what became of records that a member of a share group has (KIP-932).
 *
 * - It is part of the member's share session (`share-sessions.ts`), which the request with epoch -1 ends: what the member still has then is available to others.
 * - What is said of a partition holds as a whole or not at all, and the answer waits until it is written down.
 * - v2 renews locks (KIP-1222), and tells for how long.
 */
import {
  createMessage,
  errorCodes,
  type ShareAcknowledgeRequest,
  type ShareAcknowledgeResponse,
  shareAcknowledgeResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { acknowledgeAll } from '../share/acknowledgements.ts'
import { groupTargets, newLeaders, shareMemberOf, topicReadCheck } from '../share/share-requests.ts'
import { shareSessionEpochs } from '../share/share-sessions.ts'

const renewVersion = 2

export const shareAcknowledgeApi = defineApi<ShareAcknowledgeRequest, ShareAcknowledgeResponse>({
  key: 79,

  handle(core, request, call) {
    const { shareGroups } = core
    const member = shareMemberOf(core, call, request)
    const { shareSessionEpoch: epoch } = request
    shareGroups.sessions.acknowledge(member.groupId, member.memberId, epoch)
    const partitions = request.topics.flatMap(topic =>
      topic.partitions.map(({ partitionIndex, acknowledgementBatches }) => ({
        target: { topicId: topic.topicId, partition: partitionIndex },
        batches: acknowledgementBatches,
      })),
    )
    const supportsRenew = call.apiVersion >= renewVersion
    const rules = {
      supportsRenew,
      isRenewAck: supportsRenew && request.isRenewAck,
      checkRead: topicReadCheck(core, call),
    }
    acknowledgeAll(core, member, partitions, rules, outcomes => {
      if (epoch === shareSessionEpochs.final) shareGroups.memberLeft(member.groupId, member.memberId)
      const answers = outcomes.map(({ target, error }) => ({
        target,
        data: {
          partitionIndex: target.partition,
          errorCode: error?.errorCode ?? errorCodes.NONE,
          errorMessage: error?.message ?? null,
          currentLeader: { leaderId: 0, leaderEpoch: 0 },
        },
      }))
      const nodeEndpoints = newLeaders(core, call.connection, answers)
      call.reply({
        throttleTimeMs: 0,
        errorCode: errorCodes.NONE,
        errorMessage: null,
        acquisitionLockTimeoutMs: shareGroups.settings.lockDurationMs(member.groupId),
        responses: groupTargets(answers),
        nodeEndpoints,
      })
    })
    return later
  },

  refuse: (_request, errorCode) => createMessage(shareAcknowledgeResponse, { errorCode }),
})
