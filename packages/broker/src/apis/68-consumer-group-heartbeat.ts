/**
 * ConsumerGroupHeartbeat, key 68, versions 0 and 1: the one request by which a member of a consumer group (KIP-848) joins, lives, hears its assignment,
 * says what it has given up, and leaves.
 *
 * - v1 adds patterns, which the broker looks up (RE2 syntax), and has the member name itself.
 * - Epoch 0 joins; -1 leaves; -2 leaves for a while, as a static member. Any other epoch must be the member's own: FENCED_MEMBER_EPOCH has it give up
 *   everything and join again.
 * - UNSUPPORTED_VERSION while `group.version` is 0 or `group.coordinator.rebalance.protocols` leaves the protocol out, as in Kafka.
 */
import {
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeatResponse,
  createMessage,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { groupClientOf } from '../coordinators/repliers.ts'
import { requireTopics } from '../security/require-topics.ts'

/** A member names itself from this version on. */
const namedVersion = 1

export const consumerGroupHeartbeatApi = defineApi<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>({
  key: 68,

  handle(core, request, call) {
    const { apiVersion } = call
    if (!core.groups.servesConsumerGroups) return refusal(new ProtocolError(errorCodes.UNSUPPORTED_VERSION))
    call.rights.require('READ', 'GROUP', request.groupId)
    requireTopics(call, request.subscribedTopicNames)
    const problem = problemOf(request, apiVersion, core.groups.config.consumerAssignors)
    if (problem !== undefined) return refusal(problem)
    const replier = {
      answer: (response: ConsumerGroupHeartbeatResponse) => call.reply(response),
      fail: (error: ProtocolError) => call.reply(refusal(error)),
    }
    core.groups.run(
      request.groupId,
      (shard, step) => step.answer(replier, shard.consumerGroupHeartbeat(step, request, groupClientOf(call))),
      replier.fail,
    )
    return later
  },

  refuse: (_request, errorCode) => createMessage(consumerGroupHeartbeatResponse, { errorCode }),
})

/** What is wrong with the request by itself. */
function problemOf(
  request: ConsumerGroupHeartbeatRequest,
  apiVersion: number,
  assignors: readonly string[],
): ProtocolError | undefined {
  const { memberEpoch, serverAssignor } = request
  const mustBeNamed = apiVersion >= namedVersion || memberEpoch > 0 || memberEpoch === -1
  if (mustBeNamed && isBlank(request.memberId)) return invalid("MemberId can't be empty.")
  if (isBlank(request.groupId)) return invalid("GroupId can't be empty.")
  if (request.instanceId !== null && isBlank(request.instanceId)) return invalid("InstanceId can't be empty.")
  if (request.rackId !== null && isBlank(request.rackId)) return invalid("RackId can't be empty.")
  if (memberEpoch === 0) {
    if (request.rebalanceTimeoutMs === -1) return invalid('RebalanceTimeoutMs must be provided in first request.')
    if (request.topicPartitions?.length !== 0) return invalid('TopicPartitions must be empty when (re-)joining.')
    if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null) {
      return invalid('Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.')
    }
  } else if (memberEpoch === -2) {
    if (request.instanceId === null) return invalid("InstanceId can't be null.")
  } else if (memberEpoch < -2) {
    return invalid('MemberEpoch is invalid.')
  }
  if (serverAssignor !== null && !assignors.includes(serverAssignor)) {
    const text = `ServerAssignor ${serverAssignor} is not supported. Supported assignors: ${assignors.join(', ')}.`
    return new ProtocolError(errorCodes.UNSUPPORTED_ASSIGNOR, text)
  }
  return undefined
}

/** As Kafka sees it: spaces alone are nothing. */
function isBlank(text: string): boolean {
  return text.trim() === ''
}

function invalid(text: string): ProtocolError {
  return new ProtocolError(errorCodes.INVALID_REQUEST, text)
}

function refusal({ errorCode, message }: ProtocolError): ConsumerGroupHeartbeatResponse {
  return createMessage(consumerGroupHeartbeatResponse, { errorCode, errorMessage: message })
}
