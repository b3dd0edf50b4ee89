/** Topics: created, deleted, given more partitions, described; records deleted. */
import { sleep } from '@dorsale/base'
import {
  createPartitionsRequest,
  createPartitionsResponse,
  createTopicsRequest,
  createTopicsResponse,
  deleteRecordsRequest,
  deleteRecordsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorCodes,
  type MetadataResponse,
  metadataRequest,
  metadataResponse,
} from '@dorsale/protocol'
import type { Connection } from '../connection.ts'
import {
  KafkaJSAggregateError,
  KafkaJSBrokerNotFound,
  KafkaJSCreateTopicError,
  KafkaJSDeleteTopicRecordsError,
  type KafkaJSDeleteTopicRecordsErrorPartition,
  KafkaJSNonRetriableError,
  KafkaJSTimeout,
} from '../errors.ts'
import { protocolError } from '../failures.ts'
import type { Admin, ITopicConfig, Logger, SeekEntry } from '../types.ts'
import { checkNewPartitions, checkNewTopics, checkTopicNames } from './checks.ts'
import { offsetsOf } from './offset-questions.ts'
import { askBroker, askController, refuse } from './requests.ts'
import { topicNames } from './topic-names.ts'

/** How long brokers may take, in milliseconds, unless the application says. */
const timeoutDefault = 5000
/** From here on topics are named by id too. */
const deleteTopicsNamedMax = 5
const leaderPollMs = 100

type TopicAdmin = Pick<
  Admin,
  'listTopics' | 'createTopics' | 'deleteTopics' | 'createPartitions' | 'fetchTopicMetadata' | 'deleteTopicRecords'
>

export function topicAdmin(connection: Connection, logger: Logger): TopicAdmin {
  return {
    async listTopics() {
      await connection.open()
      return topicNames(connection)
    },

    async createTopics({ topics, validateOnly = false, timeout = timeoutDefault, waitForLeaders = true }) {
      checkNewTopics(topics)
      try {
        await askController(connection, {
          request: createTopicsRequest,
          response: createTopicsResponse,
          value: { topics: topics.map(newTopic), timeoutMs: timeout, validateOnly },
          read: answer => {
            const refused = answer.topics
              .filter(({ errorCode }) => errorCode !== errorCodes.NONE)
              .map(({ name, errorCode, errorMessage }) => {
                return new KafkaJSCreateTopicError(protocolError(errorCode, errorMessage), name)
              })
            const elsewhere = refused.find(({ type }) => type === 'NOT_CONTROLLER')
            if (elsewhere !== undefined) throw elsewhere
            if (refused.length > 0) throw new KafkaJSAggregateError('Topic creation errors', refused)
          },
        })
      } catch (error) {
        if (error instanceof KafkaJSAggregateError && error.errors.every(isAlreadyThere)) return false
        throw error
      }
      if (waitForLeaders && !validateOnly) await leadersOf(connection, topics, timeout)
      return true
    },

    async deleteTopics({ topics, timeout = timeoutDefault }) {
      checkTopicNames(topics, 'Invalid topics array, the names must be a valid string')
      await askController(connection, {
        request: deleteTopicsRequest,
        response: deleteTopicsResponse,
        value: { topicNames: topics, timeoutMs: timeout },
        versionMax: deleteTopicsNamedMax,
        again: ['NOT_CONTROLLER', 'UNKNOWN_TOPIC_OR_PARTITION'],
        read: ({ responses }) => responses.forEach(refuse),
      })
      for (const topic of topics) connection.cluster.removeTopic(topic)
    },

    async createPartitions({ topicPartitions, validateOnly = false, timeout = timeoutDefault }) {
      checkNewPartitions(topicPartitions)
      await askController(connection, {
        request: createPartitionsRequest,
        response: createPartitionsResponse,
        value: {
          topics: topicPartitions.map(({ topic: name, count, assignments }) => ({
            name,
            count,
            assignments: assignments?.map(brokerIds => ({ brokerIds })) ?? null,
          })),
          timeoutMs: timeout,
          validateOnly,
        },
        read: ({ results }) => results.forEach(refuse),
      })
      return true
    },

    async fetchTopicMetadata({ topics = [] }: { topics?: string[] } = {}) {
      for (const topic of topics) {
        if (!topic || typeof topic !== 'string') throw new KafkaJSNonRetriableError(`Invalid topic ${topic}`)
      }
      return connection.retrying(
        async () => {
          const { topics: found } = await metadataOf(connection, topics.length > 0 ? topics : null)
          found.forEach(refuse)
          return { topics: found.map(describedTopic) }
        },
        { bails: error => (error as { type?: string }).type !== undefined && !isLeaderless(error) },
      )
    },

    async deleteTopicRecords({ topic, partitions }) {
      if (!topic || typeof topic !== 'string') throw new KafkaJSNonRetriableError(`Invalid topic "${topic}"`)
      if (!partitions || partitions.length === 0) throw new KafkaJSNonRetriableError('Invalid partitions')
      await connection.open()
      await connection.topic(topic)
      requireLeaders(connection, topic, partitions)
      await warnOfEarlyOffsets(connection, logger, topic, partitions)
      // What is done is not asked for again.
      let open = partitions.map(({ partition, offset }) => ({ partition: Number(partition), offset }))
      await connection.retrying(async () => {
        const refused = await deleteRecords(connection, topic, open)
        if (refused.length === 0) return
        open = open.filter(each => refused.some(({ partition }) => partition === each.partition))
        connection.cluster.refresh()
        throw new KafkaJSDeleteTopicRecordsError({ partitions: refused })
      })
    },
  }
}

function isAlreadyThere(error: Error | string): boolean {
  return (error as { type?: string }).type === 'TOPIC_ALREADY_EXISTS'
}

function isLeaderless(error: Error): boolean {
  return (error as { type?: string }).type === 'LEADER_NOT_AVAILABLE'
}

function newTopic({ topic, numPartitions, replicationFactor, replicaAssignment, configEntries }: ITopicConfig) {
  const isPlaced = replicaAssignment !== undefined && replicaAssignment.length > 0
  return {
    name: topic,
    // -1: the broker decides, or the assignment.
    numPartitions: isPlaced ? -1 : (numPartitions ?? -1),
    replicationFactor: isPlaced ? -1 : (replicationFactor ?? -1),
    assignments:
      replicaAssignment?.map(({ partition, replicas }) => ({ partitionIndex: partition, brokerIds: replicas })) ?? [],
    configs: configEntries ?? [],
  }
}

async function metadataOf({ cluster }: Connection, topics: readonly string[] | null): Promise<MetadataResponse> {
  return cluster.callAny(metadataRequest, metadataResponse, {
    topics: topics?.map(name => ({ name })) ?? null,
    allowAutoTopicCreation: false,
  })
}

/** Settles when every partition has a leader. */
async function leadersOf(connection: Connection, topics: readonly ITopicConfig[], timeoutMs: number): Promise<void> {
  const { clock } = connection
  const endMs = clock.monotonic() + timeoutMs
  for (;;) {
    const found = await metadataOf(
      connection,
      topics.map(({ topic }) => topic),
    )
    const isOpen = found.topics.some(
      ({ errorCode, partitions }) => errorCode !== errorCodes.NONE || partitions.some(({ leaderId }) => leaderId < 0),
    )
    if (!isOpen) return
    if (clock.monotonic() >= endMs) throw new KafkaJSTimeout('Timed out while waiting for topic leaders')
    await sleep(clock, leaderPollMs)
  }
}

function describedTopic({ name, partitions }: MetadataResponse['topics'][number]) {
  return {
    name: name ?? '',
    partitions: partitions.map(partition => ({
      partitionErrorCode: partition.errorCode,
      partitionId: partition.partitionIndex,
      leader: partition.leaderId,
      replicas: partition.replicaNodes,
      isr: partition.isrNodes,
      offlineReplicas: partition.offlineReplicas,
    })),
  }
}

/** Nothing is deleted when a partition is not there. */
function requireLeaders({ cluster }: Connection, topic: string, partitions: readonly SeekEntry[]): void {
  const leaderless = partitions.filter(
    ({ partition }) => (cluster.metadata.partition(topic, Number(partition))?.leaderId ?? -1) < 0,
  )
  if (leaderless.length === 0) return
  const error = new KafkaJSBrokerNotFound('Could not find the leader for the partition', { retriable: false })
  throw new KafkaJSDeleteTopicRecordsError({ partitions: leaderless.map(each => ({ ...each, error })) })
}

async function warnOfEarlyOffsets(
  connection: Connection,
  logger: Logger,
  topic: string,
  partitions: readonly SeekEntry[],
): Promise<void> {
  const offsets = await offsetsOf(connection, topic)
  for (const { partition, offset } of partitions) {
    const low = offsets.find(each => each.partition === partition)?.low
    if (low === undefined || Number(offset) === -1 || Number(offset) >= Number(low)) continue
    logger.warn(
      'The requested offset is before the earliest offset maintained on the partition - no records will be deleted from this partition',
      { topic, partition, offset },
    )
  }
}

/** Answers what the leaders refused. */
async function deleteRecords(
  connection: Connection,
  topic: string,
  partitions: readonly SeekEntry[],
): Promise<KafkaJSDeleteTopicRecordsErrorPartition[]> {
  const { cluster } = connection
  const byLeader = Map.groupBy(
    partitions,
    ({ partition }) => cluster.metadata.partition(topic, partition)?.leaderId ?? -1,
  )
  const answers = await Promise.all(
    [...byLeader].map(([nodeId, group]) => {
      const wanted = group.map(({ partition, offset }) => ({ partitionIndex: partition, offset: Number(offset) }))
      const value = { topics: [{ name: topic, partitions: wanted }], timeoutMs: timeoutDefault }
      return askBroker(connection, nodeId, deleteRecordsRequest, deleteRecordsResponse, value)
    }),
  )
  const rows = answers.flatMap(({ topics }) => topics.flatMap(each => each.partitions))
  return rows
    .filter(({ errorCode }) => errorCode !== errorCodes.NONE)
    .map(({ partitionIndex: partition, errorCode }) => ({
      partition,
      offset: partitions.find(each => each.partition === partition)?.offset ?? '',
      error: protocolError(errorCode),
    }))
}
