import {
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  describeClusterRequest,
  describeClusterResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  type ErrorCode,
  errorCodes,
  type MessageOf,
  type MessageTable,
  metadataRequest,
  metadataResponse,
  type PartialMessage,
  ProtocolError,
} from '@dorsale/protocol'
import { type AdminConfig, adminTable } from '../config/admin-config.ts'
import { loadSettings, type SettingsOf } from '../config/settings.ts'
import { type FoundOffset, lookUpOffsets, type OffsetQuestion } from '../consumer/offset-lookup.ts'
import type { BrokerInfo, PartitionInfo } from '../metadata/metadata-cache.ts'
import { parseBootstrapServers } from '../network/addresses.ts'
import { Cluster, closedError } from '../network/cluster.ts'
import { connectionConfig } from '../network/connection-config.ts'
import type { ClientWorld } from '../world.ts'

/** Settings of an admin client, under Kafka's keys. */
export type AdminSettings = SettingsOf<typeof adminTable>

export interface AdminOptions {
  readonly world: ClientWorld
  readonly settings: AdminSettings
}

/** Opens an admin client. Throws a `ConfigError` with every problem of the settings; connects with the first call. */
export function createAdmin(options: AdminOptions): Admin {
  return new Admin(options.world, loadSettings(adminTable, options.settings, options.world.logger))
}

export interface NewTopic {
  readonly name: string
  /** Default: the broker's. */
  readonly partitions?: number
  /** Default: the broker's. */
  readonly replicationFactor?: number
  readonly configs?: Readonly<Record<string, string>>
  /** Replicas of each partition, in place of the two counts. */
  readonly assignments?: readonly (readonly number[])[]
}

export interface TopicDescription {
  readonly name: string
  readonly topicId: string
  readonly isInternal: boolean
  readonly partitions: readonly PartitionInfo[]
}

export interface ClusterDescription {
  readonly clusterId: string | null
  /** -1: none at the moment. */
  readonly controllerId: number
  readonly brokers: readonly BrokerInfo[]
}

/** By number, as DescribeConfigs has them. */
const configResourceTypes = { topic: 2, broker: 4 } as const

export interface ConfigResource {
  readonly type: keyof typeof configResourceTypes
  readonly name: string
  /** Default: all. */
  readonly keys?: readonly string[]
}

export interface ConfigEntry {
  readonly name: string
  /** Null when it is secret, or has none. */
  readonly value: string | null
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
  /** Whether nobody has set it. */
  readonly isDefault: boolean
}

/** `configSource` of values that nobody has set. */
const defaultSource = 5
const inFlightMax = 100

/**
 * Creates, deletes and describes. A call is tried again until it is answered or `default.api.timeout.ms` have passed; a refusal is a `ProtocolError` with the broker's
 * own sentence, and calls for several topics reject with the first.
 */
export class Admin {
  readonly #cluster: Cluster
  readonly #timeoutMs: number
  readonly #retries: number
  #isClosed = false

  constructor(world: ClientWorld, config: AdminConfig) {
    this.#timeoutMs = config['default.api.timeout.ms']
    this.#retries = config.retries
    this.#cluster = new Cluster({
      world,
      config: connectionConfig(config),
      bootstrap: parseBootstrapServers(config['bootstrap.servers']),
      inFlightMax,
      allowAutoTopicCreation: false,
      onChange() {},
    })
  }

  /** Creates topics; resolves when the controller has them. `validateOnly`: only asks whether it would. */
  async createTopics(topics: readonly NewTopic[], { validateOnly = false } = {}): Promise<void> {
    const value = {
      topics: topics.map(({ name, partitions, replicationFactor, configs = {}, assignments = [] }) => ({
        name,
        numPartitions: assignments.length > 0 ? -1 : (partitions ?? -1),
        replicationFactor: assignments.length > 0 ? -1 : (replicationFactor ?? -1),
        assignments: assignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds: [...brokerIds] })),
        configs: Object.entries(configs).map(([key, text]) => ({ name: key, value: text })),
      })),
      timeoutMs: this.#timeoutMs,
      validateOnly,
    }
    await this.#call('the creation of topics', createTopicsRequest, createTopicsResponse, value, response => {
      for (const { name, errorCode, errorMessage } of response.topics) refuse(name, errorCode, errorMessage)
    })
  }

  /** Deletes topics by name. */
  async deleteTopics(names: readonly string[]): Promise<void> {
    const value = { topicNames: [...names], topics: names.map(name => ({ name })), timeoutMs: this.#timeoutMs }
    const byVersion = (version: number) => (version >= 6 ? value : { ...value, topics: [] })
    await this.#call('the deletion of topics', deleteTopicsRequest, deleteTopicsResponse, byVersion, response => {
      for (const { name, errorCode, errorMessage } of response.responses) refuse(name ?? '', errorCode, errorMessage)
    })
  }

  /** The names of all topics; Kafka's own only when asked for. */
  async listTopics({ includeInternal = false } = {}): Promise<string[]> {
    const response = await this.#metadata(null)
    return response.topics.flatMap(({ name, isInternal }) =>
      name === null || (isInternal && !includeInternal) ? [] : [name],
    )
  }

  async describeTopics(names: readonly string[]): Promise<TopicDescription[]> {
    const response = await this.#metadata(names)
    return response.topics.map(({ name, topicId, isInternal, partitions }) => ({
      name: name ?? '',
      topicId,
      isInternal,
      partitions: partitions
        .map(({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas }) => ({
          index: partitionIndex,
          leaderId,
          leaderEpoch,
          replicas: replicaNodes,
          isr: isrNodes,
          offlineReplicas,
        }))
        .sort((a, b) => a.index - b.index),
    }))
  }

  async describeCluster(): Promise<ClusterDescription> {
    const response = await this.#call('the cluster', describeClusterRequest, describeClusterResponse, {}, answer =>
      refuse('the cluster', answer.errorCode, answer.errorMessage),
    )
    return {
      clusterId: response.clusterId,
      controllerId: response.controllerId,
      brokers: response.brokers.map(({ brokerId, host, port, rack }) => ({ nodeId: brokerId, host, port, rack })),
    }
  }

  /** The settings of topics and brokers, in the order of the question. */
  async describeConfigs(resources: readonly ConfigResource[]): Promise<ConfigEntry[][]> {
    const value = {
      resources: resources.map(({ type, name, keys }) => ({
        resourceType: configResourceTypes[type],
        resourceName: name,
        configurationKeys: keys === undefined ? null : [...keys],
      })),
    }
    // A broker knows its own settings only.
    const brokerId = resources.find(({ type }) => type === 'broker')?.name
    const response = await this.#call(
      'the settings',
      describeConfigsRequest,
      describeConfigsResponse,
      value,
      ({ results }) => {
        for (const { resourceName, errorCode, errorMessage } of results) refuse(resourceName, errorCode, errorMessage)
      },
      brokerId === undefined ? undefined : Number(brokerId),
    )
    return resources.map(({ type, name }) => {
      const result = response.results.find(
        each => each.resourceName === name && each.resourceType === configResourceTypes[type],
      )
      return (result?.configs ?? []).map(entry => ({
        name: entry.name,
        value: entry.value,
        isReadOnly: entry.readOnly,
        isSensitive: entry.isSensitive,
        isDefault: entry.configSource === defaultSource,
      }))
    })
  }

  /** Offsets by time or place (`offsetPlaces`). */
  async listOffsets(questions: readonly OffsetQuestion[], { readCommitted = false } = {}): Promise<FoundOffset[]> {
    if (this.#isClosed) throw closedError()
    return lookUpOffsets(this.#cluster, questions, {
      readCommitted,
      timeoutMs: this.#timeoutMs,
      retries: this.#retries,
    })
  }

  /** Closes the connections; calls under way fail. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cluster.close()
  }

  #metadata(names: readonly string[] | null): Promise<MessageOf<typeof metadataResponse>> {
    const topics = names?.map(name => ({ name })) ?? null
    const value = { topics, allowAutoTopicCreation: false }
    return this.#call('metadata', metadataRequest, metadataResponse, value, response => {
      for (const { name, errorCode } of response.topics) refuse(name ?? '', errorCode, null)
    })
  }

  /** `check` throws what the answer refuses; what may pass is tried again. */
  #call<Request extends MessageTable, Response extends MessageTable>(
    what: string,
    request: Request,
    response: Response,
    value: PartialMessage<Request> | ((version: number) => PartialMessage<Request>),
    check: (answer: MessageOf<Response>) => void,
    nodeId?: number,
  ): Promise<MessageOf<Response>> {
    if (this.#isClosed) return Promise.reject(closedError())
    const cluster = this.#cluster
    const attempt = async () => {
      const link = nodeId === undefined ? undefined : cluster.link(nodeId)
      if (nodeId !== undefined && link === undefined) {
        throw new ProtocolError(errorCodes.BROKER_NOT_AVAILABLE, `metadata names no broker ${nodeId} yet`)
      }
      const answer = await (link === undefined
        ? cluster.callAny(request, response, value)
        : link.call(request, response, value))
      try {
        check(answer)
      } catch (error) {
        // A client that writes waits for a topic to appear; who asks about it, or deletes it, wants to hear that it is not there.
        const isMissing = error instanceof ProtocolError && error.errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION
        if (!isMissing) throw error
        return { answer, refusal: error }
      }
      return { answer, refusal: undefined }
    }
    const run = async () => {
      // The first question of a client, so that the brokers are known by their own names.
      if (cluster.metadata.brokers.size === 0) await cluster.refreshed()
      const options = { timeoutMs: this.#timeoutMs, retries: this.#retries }
      const { answer, refusal } = await cluster.retrying(what, attempt, options)
      if (refusal !== undefined) throw refusal
      return answer
    }
    return run()
  }
}

function refuse(name: string, errorCode: number, message: string | null): void {
  if (errorCode === errorCodes.NONE) return
  const { message: text } = new ProtocolError(errorCode as ErrorCode)
  throw new ProtocolError(errorCode as ErrorCode, `${name}: ${message ?? text}`)
}
