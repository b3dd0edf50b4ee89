/**
 * Metadata, key 3, versions 0 to 13: the brokers that are alive, and topics with their partitions' leaders and replicas.
 *
 * - v0 asks for all topics with an empty list, later versions with null; v1 adds rack, controller and `isInternal`; v2 the cluster's id; v4 lets the
 *   client forbid auto creation; v5 offline replicas; v7 leader epochs; v8 authorized operations; v9 is flexible; v10 answers topic ids; v12 asks
 *   by topic id; v13 adds an error of the whole response.
 * - A missing topic is created when `auto.create.topics.enable` and the request allow it. Kafka answers UNKNOWN_TOPIC_OR_PARTITION meanwhile and
 *   lets the client ask again; our controller is in the same process, so we wait for it and answer what it made.
 * - The controller's id is that of a broker that forwards to it; clients never speak to the controller itself.
 */
import type { PartitionImage, TopicImage } from '@dorsale/coordinate'
import {
  createMessage,
  errorCodes,
  type MetadataRequest,
  type MetadataResponse,
  type MetadataResponsePartition,
  type MetadataResponseTopic,
  metadataResponse,
  ProtocolError,
  zeroUuid,
} from '@dorsale/protocol'
import { type Call, defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import { clusterOperations, operationsNotAsked } from '../security/rights.ts'
import { sortOut } from '../security/sort-out.ts'
import { autoCreateTopics } from '../topic-creation.ts'
import { isInternalTopic, missingTopicError } from '../topic-names.ts'

export const metadataApi = defineApi<MetadataRequest, MetadataResponse>({
  key: 3,

  handle(core, request, call) {
    checkNaming(request, call.apiVersion)
    const { topics } = request
    const isForAll = topics === null || (topics.length === 0 && call.apiVersion === 0)
    const mayDescribe = call.rights.allows('DESCRIBE', 'TOPIC', isForAll ? 'filter' : 'attempt')
    if (isForAll) {
      const known = [...core.image.topicsByName.values()].filter(({ name }) => mayDescribe(name))
      return respond(
        core,
        request,
        call,
        known.map(topic => describeTopic(core, topic, request, call)),
      )
    }
    const byId = topics.some(topic => topic.topicId !== zeroUuid)
    if (byId) {
      const answers = topics.filter(topic => topic.topicId !== zeroUuid)
      return respond(
        core,
        request,
        call,
        answers.map(({ topicId }) => byIdOrError(core, topicId, mayDescribe, request, call)),
      )
    }
    const names = sortOut([...new Set(topics.map(topic => topic.name as string))], mayDescribe)
    const missing = names.allowed.filter(name => !core.image.topicsByName.has(name))
    const isCreating =
      missing.length > 0 && core.config.values['auto.create.topics.enable'] && request.allowAutoTopicCreation
    const creations = isCreating ? sortOut(missing, creationRights(call)) : nothing
    const uncreated = new Set(creations.refused)
    const answer = (errors: ReadonlyMap<string, number>) =>
      respond(core, request, call, [
        ...names.allowed
          .filter(name => !uncreated.has(name))
          .map(name => byNameOrError(core, name, errors, request, call)),
        ...creations.refused.map(name => ({ ...forbidden(name), isInternal: isInternalTopic(name) })),
        ...names.refused.map(forbidden),
      ])
    if (creations.allowed.length === 0) return answer(noErrors)
    const quota = core.quotas.mutations(call.client, { isStrict: true })
    return autoCreateTopics(core, creations.allowed, count => quota.charge(count)).then(answer)
  },

  refuse(request, errorCode) {
    return createMessage(metadataResponse, {
      topics: (request.topics ?? []).map(({ name, topicId }) => ({ errorCode, name: name ?? '', topicId })),
    })
  },
})

const noErrors: ReadonlyMap<string, number> = new Map()
const nothing = { allowed: [], refused: [] as string[] }

/** To make a topic by asking for it takes what it takes to make it. */
function creationRights({ rights }: Call): (name: string) => boolean {
  return rights.may('CREATE', 'CLUSTER', 'filter') ? () => true : rights.allows('CREATE', 'TOPIC')
}

/** Whether there is such a topic is not said. */
function forbidden(name: string): MetadataResponseTopic {
  return {
    ...topicError(name, zeroUuid, errorCodes.TOPIC_AUTHORIZATION_FAILED, operationsNotAsked),
    isInternal: false,
  }
}

/** Ids in a request are served from v12 on; before, a name is due. */
function checkNaming({ topics }: MetadataRequest, apiVersion: number): void {
  for (const { name, topicId } of topics ?? []) {
    if (apiVersion < 12 && (topicId !== zeroUuid || name === null)) {
      throw new ProtocolError(errorCodes.INVALID_REQUEST, `topic ids are not accepted in version ${apiVersion}`)
    }
    if (name === null && topicId === zeroUuid) {
      throw new ProtocolError(errorCodes.INVALID_REQUEST, 'a topic with neither name nor id')
    }
  }
}

function respond(
  core: BrokerCore,
  request: MetadataRequest,
  call: Call<MetadataResponse>,
  topics: MetadataResponseTopic[],
): MetadataResponse {
  return createMessage(metadataResponse, {
    brokers: core.endpoints.alive(call.connection),
    clusterId: core.clusterId,
    controllerId: core.endpoints.find(core.nodeId, call.connection)?.nodeId ?? -1,
    topics,
    clusterAuthorizedOperations: clusterOperations(call.rights, request),
  })
}

/** Ids are no secret, as in Kafka; the names that belong to them are. */
function byIdOrError(
  core: BrokerCore,
  topicId: string,
  mayDescribe: (name: string) => boolean,
  request: MetadataRequest,
  call: Call,
): MetadataResponseTopic {
  const topic = core.image.topicsById.get(topicId)
  if (topic !== undefined && mayDescribe(topic.name)) return describeTopic(core, topic, request, call)
  const errorCode = topic === undefined ? errorCodes.UNKNOWN_TOPIC_ID : errorCodes.TOPIC_AUTHORIZATION_FAILED
  return topicError(null, topicId, errorCode, operationsNotAsked)
}

function byNameOrError(
  core: BrokerCore,
  name: string,
  errors: ReadonlyMap<string, number>,
  request: MetadataRequest,
  call: Call,
): MetadataResponseTopic {
  const topic = core.image.topicsByName.get(name)
  if (topic !== undefined) return describeTopic(core, topic, request, call)
  return topicError(name, zeroUuid, errors.get(name) ?? missingTopicError(name), operationsOf(request, call, name))
}

function operationsOf(request: MetadataRequest, { rights }: Call, name: string): number {
  return request.includeTopicAuthorizedOperations ? rights.operationsOn('TOPIC', name) : operationsNotAsked
}

function topicError(
  name: string | null,
  topicId: string,
  errorCode: number,
  topicAuthorizedOperations: number,
): MetadataResponseTopic {
  return {
    errorCode,
    name,
    topicId,
    isInternal: name !== null && isInternalTopic(name),
    partitions: [],
    topicAuthorizedOperations,
  }
}

function describeTopic(
  core: BrokerCore,
  topic: TopicImage,
  request: MetadataRequest,
  call: Call,
): MetadataResponseTopic {
  return {
    errorCode: errorCodes.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((partition, index) => describePartition(core, partition, index, call)),
    topicAuthorizedOperations: operationsOf(request, call, topic.name),
  }
}

function describePartition(
  core: BrokerCore,
  partition: PartitionImage,
  partitionIndex: number,
  call: Call,
): MetadataResponsePartition {
  const leader = core.endpoints.find(partition.leader, call.connection)
  return {
    errorCode: leader === undefined ? leaderError(core, partition, call.apiVersion) : errorCodes.NONE,
    partitionIndex,
    leaderId: leader?.nodeId ?? -1,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: [...partition.replicas],
    isrNodes: [...partition.isr],
    offlineReplicas: partition.replicas.filter(id => core.endpoints.find(id, call.connection) === undefined),
  }
}

/** A leader that lives but has no listener of the name by which this client came is told so from v6 on. */
function leaderError(core: BrokerCore, partition: PartitionImage, apiVersion: number): number {
  const isAlive = core.image.brokers.get(partition.leader)?.fenced === false
  return isAlive && apiVersion >= 6 ? errorCodes.LISTENER_NOT_FOUND : errorCodes.LEADER_NOT_AVAILABLE
}
