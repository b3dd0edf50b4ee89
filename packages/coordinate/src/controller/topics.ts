/**
 * Topics: creating, deleting, adding partitions. Each topic of a request succeeds or fails for itself; error texts are Kafka's, which
 * tools and their users match.
 */
import {
  type CreatePartitionsRequest,
  type CreatePartitionsRequestTopic,
  type CreatePartitionsResponse,
  type CreatePartitionsResponseTopicResult,
  type CreateTopicsRequest,
  type CreateTopicsRequestCreatableTopic,
  type CreateTopicsResponse,
  type CreateTopicsResponseCreatableTopicResult,
  createMessage,
  createPartitionsResponse,
  createTopicsResponse,
  type DeleteTopicsRequest,
  type DeleteTopicsResponse,
  type DeleteTopicsResponseDeletableTopicResult,
  deleteTopicsResponse,
  errorCodes,
  type MetadataRecord,
  metadataRecord,
  ProtocolError,
  randomUuid,
  zeroUuid,
} from '@dorsale/protocol'
import { configResourceTypes, type TopicImage } from '../metadata/image.ts'
import { checkAssignment, invalidAssignment } from './assignments.ts'
import { newTopicConfigs } from './configs.ts'
import type { ControllerContext } from './context.ts'
import { isActive, newPartitionRecord } from './partitions.ts'
import { placeReplicas } from './placement.ts'
import type { ControllerResult } from './result.ts'
import { collisionKey, metadataTopicName, topicNameProblem } from './topic-names.ts'

/** Bound of one request: what one batch of the metadata log can take. */
const partitionsPerRequestMax = 10_000

/** Is told of partitions that are to be created or deleted. Throws a `ProtocolError` to refuse them. */
export type PartitionCharge = (partitionCount: number) => void

const free: PartitionCharge = () => {}

export function createTopics(
  context: ControllerContext,
  request: CreateTopicsRequest,
  charge = free,
): ControllerResult<CreateTopicsResponse> {
  const records: MetadataRecord[] = []
  const reply = createMessage(createTopicsResponse)
  const duplicates = repeated(request.topics.map(topic => topic.name))
  const candidates = request.topics.filter(topic => !duplicates.has(topic.name))
  const failure = tooManyPartitions(context, candidates)

  for (const topic of candidates) {
    const result = attempt(
      () => {
        if (failure !== undefined) throw failure
        return createTopic(context, topic, records, charge)
      },
      (errorCode, errorMessage) => failedTopic(topic.name, errorCode, errorMessage),
    )
    reply.topics.push(result)
  }
  for (const name of duplicates) {
    reply.topics.push(failedTopic(name, errorCodes.INVALID_REQUEST, 'Duplicate topic name.'))
  }
  return { records: request.validateOnly ? [] : records, reply }
}

function createTopic(
  context: ControllerContext,
  topic: CreateTopicsRequestCreatableTopic,
  records: MetadataRecord[],
  charge: PartitionCharge,
): CreateTopicsResponseCreatableTopicResult {
  checkNewName(context, topic.name)
  const overrides = newTopicConfigs(context, topic.name, topic.configs)
  const assignments =
    topic.assignments.length > 0 ? manualAssignments(context, topic) : automaticAssignments(context, topic)

  charge(assignments.length)
  const topicId = randomUuid(context.prng)
  records.push(metadataRecord('TopicRecord', 0, { name: topic.name, topicId }))
  for (const [name, value] of overrides) {
    records.push(
      metadataRecord('ConfigRecord', 0, {
        resourceType: configResourceTypes.TOPIC,
        resourceName: topic.name,
        name,
        value,
      }),
    )
  }
  assignments.forEach((replicas, partitionId) => {
    records.push(newPartitionRecord(context, { topicId, partitionId }, replicas))
  })

  const clusterDefaults = context.metadata.configsOf(configResourceTypes.BROKER, '')
  return {
    name: topic.name,
    topicId,
    errorCode: errorCodes.NONE,
    errorMessage: null,
    topicConfigErrorCode: errorCodes.NONE,
    numPartitions: assignments.length,
    replicationFactor: assignments[0]!.length,
    configs: context.configTable
      .effectiveTopicConfigs(overrides, clusterDefaults)
      .map(config => ({ ...config, value: config.isSensitive ? null : config.value })),
  }
}

function checkNewName(context: ControllerContext, name: string): void {
  if (name === metadataTopicName) {
    throw new ProtocolError(
      errorCodes.INVALID_REQUEST,
      `Creation of internal topic ${metadataTopicName} is prohibited.`,
    )
  }
  const problem = topicNameProblem(name)
  if (problem !== undefined) throw new ProtocolError(errorCodes.INVALID_TOPIC_EXCEPTION, problem)
  if (context.metadata.topicsByName.has(name)) {
    throw new ProtocolError(errorCodes.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`)
  }
  const key = collisionKey(name)
  if (key === undefined) return
  for (const existing of context.metadata.topicsByName.keys()) {
    if (collisionKey(existing) === key) {
      throw new ProtocolError(
        errorCodes.INVALID_TOPIC_EXCEPTION,
        `Topic '${name}' collides with existing topic: ${existing}`,
      )
    }
  }
}

function manualAssignments(context: ControllerContext, topic: CreateTopicsRequestCreatableTopic): number[][] {
  if (topic.replicationFactor !== -1) {
    throw invalidRequest('A manual partition assignment was specified, but replication factor was not set to -1.')
  }
  if (topic.numPartitions !== -1) {
    throw invalidRequest('A manual partition assignment was specified, but numPartitions was not set to -1.')
  }
  const assignments: number[][] = []
  let replicationFactor: number | undefined
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (assignments[partitionIndex] !== undefined) {
      throw invalidAssignment(`Found multiple manual partition assignments for partition ${partitionIndex}`)
    }
    checkAssignment(context, brokerIds, replicationFactor)
    replicationFactor = brokerIds.length
    checkSomeActive(context, brokerIds, partitionIndex)
    if (partitionIndex < 0 || partitionIndex >= topic.assignments.length) {
      throw invalidAssignment('partitions should be a consecutive 0-based integer sequence')
    }
    assignments[partitionIndex] = brokerIds
  }
  return assignments
}

function automaticAssignments(context: ControllerContext, topic: CreateTopicsRequestCreatableTopic): number[][] {
  if (topic.replicationFactor < -1 || topic.replicationFactor === 0) {
    throw new ProtocolError(
      errorCodes.INVALID_REPLICATION_FACTOR,
      'Replication factor must be larger than 0, or -1 to use the default value.',
    )
  }
  if (topic.numPartitions < -1 || topic.numPartitions === 0) {
    throw new ProtocolError(
      errorCodes.INVALID_PARTITIONS,
      'Number of partitions was set to an invalid non-positive value.',
    )
  }
  const partitionCount = topic.numPartitions === -1 ? context.config.partitionCountDefault : topic.numPartitions
  const replicationFactor =
    topic.replicationFactor === -1 ? context.config.replicationFactorDefault : topic.replicationFactor
  return placeActive(context, { partitionCount, replicationFactor })
}

/** Places replicas; each partition must have one that can lead at once. */
function placeActive(
  context: ControllerContext,
  wanted: { readonly partitionCount: number; readonly replicationFactor: number },
): number[][] {
  try {
    return placeReplicas(context, wanted)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new ProtocolError(
      error.errorCode,
      `Unable to replicate the partition ${wanted.replicationFactor} time(s): ${error.message}`,
    )
  }
}

function checkSomeActive(context: ControllerContext, brokerIds: readonly number[], partitionId: number): void {
  if (brokerIds.some(brokerId => isActive(context, brokerId))) return
  throw invalidAssignment(
    `All brokers specified in the manual partition assignment for partition ${partitionId} are fenced or in controlled shutdown.`,
  )
}

function tooManyPartitions(
  context: ControllerContext,
  topics: readonly CreateTopicsRequestCreatableTopic[],
): ProtocolError | undefined {
  let total = 0
  for (const topic of topics) {
    if (topic.assignments.length > 0) total += topic.assignments.length
    else if (topic.numPartitions === -1) total += context.config.partitionCountDefault
    else total += Math.max(topic.numPartitions, 0)
  }
  if (total <= partitionsPerRequestMax) return undefined
  return new ProtocolError(errorCodes.POLICY_VIOLATION, 'Excessively large number of partitions per request.')
}

/** Deletes topics by name (below version 6) or by name or id. */
export function deleteTopics(
  context: ControllerContext,
  request: DeleteTopicsRequest,
  charge = free,
): ControllerResult<DeleteTopicsResponse> {
  if (!context.config.topicDeletionEnabled) throw new ProtocolError(errorCodes.TOPIC_DELETION_DISABLED)
  const asked = [...request.topics, ...request.topicNames.map(name => ({ name, topicId: zeroUuid }))]
  const problems = new DeletionProblems(asked)
  const records: MetadataRecord[] = []
  const responses: DeleteTopicsResponseDeletableTopicResult[] = []
  for (const { name, topicId } of asked) {
    const topic = name === null ? context.metadata.topicsById.get(topicId) : context.metadata.topicsByName.get(name)
    const problem = problems.find({ name, topicId }, topic) ?? refusalOf(() => charge(topic!.partitions.length))
    if (problem === 'told before') continue
    if (problem !== undefined) {
      responses.push({ name, topicId, errorCode: problem.errorCode, errorMessage: problem.message })
    } else {
      const { id, name: topicName } = topic!
      records.push(metadataRecord('RemoveTopicRecord', 0, { topicId: id }))
      responses.push({ name: topicName, topicId: id, errorCode: errorCodes.NONE, errorMessage: null })
    }
  }
  return { records, reply: createMessage(deleteTopicsResponse, { responses }) }
}

function refusalOf(act: () => void): ProtocolError | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof ProtocolError) return error
    throw error
  }
}

interface AskedDeletion {
  readonly name: string | null
  /** The zero UUID: asked for by name. */
  readonly topicId: string
}

/** What is wrong with each deletion of a request, in itself and beside the others. */
class DeletionProblems {
  readonly #repeatedNames: ReadonlySet<string>
  readonly #repeatedIds: ReadonlySet<string>
  readonly #told = new Set<string>()
  readonly #deletedIds = new Set<string>()

  constructor(asked: readonly AskedDeletion[]) {
    const byName = asked.filter(each => each.topicId === zeroUuid)
    const byId = asked.filter(each => each.name === null)
    this.#repeatedNames = repeated(byName.flatMap(each => each.name ?? []))
    this.#repeatedIds = repeated(byId.map(each => each.topicId).filter(id => id !== zeroUuid))
  }

  /** What stands twice is refused, and told once. */
  find(asked: AskedDeletion, topic: TopicImage | undefined): ProtocolError | 'told before' | undefined {
    const contradiction = this.#contradiction(asked)
    if (contradiction !== undefined) {
      const key = `${asked.name}/${asked.topicId}`
      if (this.#told.has(key)) return 'told before'
      this.#told.add(key)
      return invalidRequest(contradiction)
    }
    if (topic === undefined) {
      const code = asked.name === null ? errorCodes.UNKNOWN_TOPIC_ID : errorCodes.UNKNOWN_TOPIC_OR_PARTITION
      return new ProtocolError(code, unknownTopicText(code))
    }
    if (this.#deletedIds.has(topic.id)) {
      return invalidRequest('The provided topic name maps to an ID that was already supplied.')
    }
    this.#deletedIds.add(topic.id)
    return undefined
  }

  #contradiction({ name, topicId }: AskedDeletion): string | undefined {
    if (name === null && topicId === zeroUuid) return 'Neither topic name nor id were specified.'
    if (name !== null && topicId !== zeroUuid) return 'You may not specify both topic name and topic id.'
    if (name !== null && this.#repeatedNames.has(name)) return 'Duplicate topic name.'
    if (name === null && this.#repeatedIds.has(topicId)) return 'Duplicate topic id.'
    return undefined
  }
}

/** Adds partitions to topics. */
export function createPartitions(
  context: ControllerContext,
  request: CreatePartitionsRequest,
  charge = free,
): ControllerResult<CreatePartitionsResponse> {
  const records: MetadataRecord[] = []
  const reply = createMessage(createPartitionsResponse)
  const duplicates = repeated(request.topics.map(topic => topic.name))
  const candidates = request.topics.filter(topic => !duplicates.has(topic.name))
  const failure = tooManyAdditionalPartitions(context, candidates)
  for (const topic of candidates) {
    const result = attempt(
      () => {
        if (failure !== undefined) throw failure
        return addPartitions(context, topic, records, charge)
      },
      (errorCode, errorMessage) => ({ name: topic.name, errorCode, errorMessage }),
    )
    reply.results.push(result)
  }
  for (const name of duplicates) {
    reply.results.push({ name, errorCode: errorCodes.INVALID_REQUEST, errorMessage: 'Duplicate topic name.' })
  }
  return { records: request.validateOnly ? [] : records, reply }
}

function addPartitions(
  context: ControllerContext,
  { name, count, assignments }: CreatePartitionsRequestTopic,
  records: MetadataRecord[],
  charge: PartitionCharge,
): CreatePartitionsResponseTopicResult {
  const topic = context.metadata.topicsByName.get(name)
  // Kafka leaves this one without a text.
  if (topic === undefined) return { name, errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: null }
  const added = additionalAssignments(context, topic, { count, assignments })
  charge(added.length)
  for (const [index, replicas] of added.entries()) {
    const partitionId = topic.partitions.length + index
    records.push(newPartitionRecord(context, { topicId: topic.id, partitionId }, replicas))
  }
  return { name, errorCode: errorCodes.NONE, errorMessage: null }
}

function additionalAssignments(
  context: ControllerContext,
  topic: TopicImage,
  request: Pick<CreatePartitionsRequestTopic, 'count' | 'assignments'>,
): number[][] {
  const present = topic.partitions.length
  if (request.count === present) {
    throw new ProtocolError(errorCodes.INVALID_PARTITIONS, `Topic already has ${present} partition(s).`)
  }
  if (request.count < present) {
    throw new ProtocolError(
      errorCodes.INVALID_PARTITIONS,
      `The topic ${topic.name} currently has ${present} partition(s); ${request.count} would not be an increase.`,
    )
  }
  const partitionCount = request.count - present
  const replicationFactor = topic.partitions[0]!.replicas.length
  if (request.assignments === null) return placeActive(context, { partitionCount, replicationFactor })
  if (request.assignments.length !== partitionCount) {
    throw invalidAssignment(
      `Attempted to add ${partitionCount} additional partition(s), but only ${request.assignments.length} assignment(s) were specified.`,
    )
  }
  return request.assignments.map(({ brokerIds }, index) => {
    checkAssignment(context, brokerIds, replicationFactor)
    checkSomeActive(context, brokerIds, present + index)
    return brokerIds
  })
}

function tooManyAdditionalPartitions(
  context: ControllerContext,
  topics: readonly CreatePartitionsRequestTopic[],
): ProtocolError | undefined {
  let total = 0
  for (const { name, count } of topics) {
    const topic = context.metadata.topicsByName.get(name)
    if (topic !== undefined) total += Math.max(count - topic.partitions.length, 0)
  }
  if (total <= partitionsPerRequestMax) return undefined
  return new ProtocolError(
    errorCodes.POLICY_VIOLATION,
    'Excessively large number of additional partitions per request.',
  )
}

/** What stands more than once in the list. */
function repeated(values: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const found = new Set<string>()
  for (const value of values) {
    if (seen.has(value)) found.add(value)
    seen.add(value)
  }
  return found
}

/** One element of a request: its own protocol error becomes its own result. */
function attempt<Result>(run: () => Result, failed: (errorCode: number, message: string) => Result): Result {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return failed(error.errorCode, error.message)
  }
}

function failedTopic(name: string, errorCode: number, errorMessage: string): CreateTopicsResponseCreatableTopicResult {
  return {
    name,
    topicId: zeroUuid,
    errorCode,
    errorMessage,
    topicConfigErrorCode: errorCodes.NONE,
    numPartitions: -1,
    replicationFactor: -1,
    configs: [],
  }
}

function unknownTopicText(errorCode: number): string {
  return errorCode === errorCodes.UNKNOWN_TOPIC_ID
    ? 'This server does not host this topic ID.'
    : 'This server does not host this topic-partition.'
}

function invalidRequest(message: string): ProtocolError {
  return new ProtocolError(errorCodes.INVALID_REQUEST, message)
}
