/**
 * FindCoordinator, key 10, versions 0 to 6: which broker coordinates a group, a transactional producer or a share-group partition.
 *
 * - v1 adds the kind of key and error messages; v3 is flexible; v4 asks for several keys at once; v6 adds share groups.
 * - The first to ask makes the coordinator's topic. Kafka answers COORDINATOR_NOT_AVAILABLE meanwhile and lets the client ask again; our controller is
 *   in the same process, so we wait for it.
 * - The key of a share-group partition is `group:topicId:partition` (KIP-932); one that is not gets INVALID_REQUEST.
 */
import {
  createMessage,
  errorCodes,
  errorOf,
  type FindCoordinatorRequest,
  type FindCoordinatorResponse,
  type FindCoordinatorResponseCoordinator,
  findCoordinatorResponse,
} from '@dorsale/protocol'
import { type Call, defineApi } from '../api.ts'
import { offsetsTopic } from '../coordinators/group-coordinator.ts'
import { shareStateTopic } from '../coordinators/share-coordinator.ts'
import { transactionsTopic } from '../coordinators/transaction-coordinator.ts'
import type { BrokerCore } from '../core.ts'
import { autoCreateTopics } from '../topic-creation.ts'

/** Several keys at once from this version on. */
const severalVersion = 4
const shareVersion = 6
/** The coordinators' topics, by Kafka's number of the kind of key. */
const topics: readonly string[] = [offsetsTopic, transactionsTopic, shareStateTopic]

export const findCoordinatorApi = defineApi<FindCoordinatorRequest, FindCoordinatorResponse>({
  key: 10,

  handle(core, request, call) {
    const topic = topics[request.keyType]
    if (topic === undefined || (topic === shareStateTopic && call.apiVersion < shareVersion)) {
      const sentence = `There is no coordinator of kind ${request.keyType}.`
      return refused(request, call.apiVersion, errorCodes.INVALID_REQUEST, sentence)
    }
    if (topic === shareStateTopic) call.rights.require('CLUSTER_ACTION', 'CLUSTER')
    const mayFind = keyRights(topic, call)
    const answer = () =>
      respond(
        keysOf(request, call.apiVersion).map(key =>
          mayFind(key) ? find(core, topic, key, call) : forbidden(topic, key),
        ),
        call.apiVersion,
      )
    if (!keysOf(request, call.apiVersion).some(mayFind)) return answer()
    return core.image.topicsByName.has(topic) ? answer() : autoCreateTopics(core, [topic]).then(answer)
  },

  refuse: (request, errorCode, apiVersion) => refused(request, apiVersion, errorCode, null),
})

function keysOf(request: FindCoordinatorRequest, apiVersion: number): readonly string[] {
  return apiVersion >= severalVersion ? request.coordinatorKeys : [request.key]
}

/** Who may describe a group or a transactional id may know its coordinator; those of share groups are the brokers' own affair. */
function keyRights(topic: string, { rights }: Call): (key: string) => boolean {
  if (topic === shareStateTopic) return () => true
  return rights.allows('DESCRIBE', topic === offsetsTopic ? 'GROUP' : 'TRANSACTIONAL_ID')
}

function forbidden(topic: string, key: string): FindCoordinatorResponseCoordinator {
  const { GROUP_AUTHORIZATION_FAILED, TRANSACTIONAL_ID_AUTHORIZATION_FAILED } = errorCodes
  const errorCode = topic === offsetsTopic ? GROUP_AUTHORIZATION_FAILED : TRANSACTIONAL_ID_AUTHORIZATION_FAILED
  return nobody(key, errorCode, errorOf(errorCode).text)
}

/** The broker that leads the key's partition. */
function find(core: BrokerCore, topic: string, key: string, call: Call): FindCoordinatorResponseCoordinator {
  if (topic === shareStateTopic && !isSharePartition(key)) {
    return nobody(key, errorCodes.INVALID_REQUEST, 'The key of a share coordinator is group:topicId:partition.')
  }
  const index = coordinatorOf(core, topic).partitionOf(key)
  const partition = index === undefined ? undefined : core.image.topicsByName.get(topic)?.partitions[index]
  const leader = partition === undefined ? undefined : core.endpoints.find(partition.leader, call.connection)
  if (leader === undefined) {
    return nobody(key, errorCodes.COORDINATOR_NOT_AVAILABLE, 'No broker leads the partition of this key.')
  }
  const { nodeId, host, port } = leader
  // Kafka's text of no error, as it happens to be in either form of the response.
  const errorMessage = call.apiVersion >= severalVersion ? '' : 'NONE'
  return { key, nodeId, host, port, errorCode: errorCodes.NONE, errorMessage }
}

function coordinatorOf({ groups, transactions, shareStates }: BrokerCore, topic: string) {
  if (topic === offsetsTopic) return groups
  return topic === transactionsTopic ? transactions : shareStates
}

/** `group:topicId:partition`, as Kafka takes it apart: from its end, since the id of a group may hold colons. */
function isSharePartition(key: string): boolean {
  const parts = key.split(':')
  const [partition = '', topicId = ''] = [parts.pop(), parts.pop()]
  return parts.join(':').trim() !== '' && /^[\w-]{22}$/.test(topicId) && /^[+-]?\d{1,10}$/.test(partition)
}

function nobody(key: string, errorCode: number, errorMessage: string | null): FindCoordinatorResponseCoordinator {
  return { key, nodeId: -1, host: '', port: -1, errorCode, errorMessage }
}

function refused(
  request: FindCoordinatorRequest,
  apiVersion: number,
  errorCode: number,
  errorMessage: string | null,
): FindCoordinatorResponse {
  return respond(
    keysOf(request, apiVersion).map(key => nobody(key, errorCode, errorMessage)),
    apiVersion,
  )
}

function respond(coordinators: FindCoordinatorResponseCoordinator[], apiVersion: number): FindCoordinatorResponse {
  return apiVersion >= severalVersion
    ? createMessage(findCoordinatorResponse, { coordinators })
    : createMessage(findCoordinatorResponse, coordinators[0] ?? {})
}
