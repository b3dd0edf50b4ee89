/** Topics: created, given more partitions, deleted, listed. Their description is in describe-topics.ts. */
import {
  type CreateTopicsResponse,
  createPartitionsRequest,
  createPartitionsResponse,
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorCodes,
  metadataRequest,
  metadataResponse,
  type ProtocolError,
} from '@dorsale/protocol'
import { requireTopic } from '../misuse.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { answerOf, doneOf, errorIn } from './answer.ts'
import { type ConfigEntry, configEntryOf } from './config-entry.ts'
import type { Itemized } from './itemized.ts'
import { toController } from './route.ts'

/** A topic that shall be created. */
export interface NewTopic {
  readonly name: string
  /** Default: the broker's `num.partitions`. */
  readonly numPartitions?: number
  /** Default: the broker's `default.replication.factor`. */
  readonly replicationFactor?: number
  readonly configs?: Readonly<Record<string, string>>
  /** Node ids of the replicas of each partition, the preferred leader first: in place of the two counts. */
  readonly replicasAssignments?: readonly (readonly number[])[]
}

/** What a created topic has become, or would become. */
export interface CreatedTopic {
  readonly name: string
  readonly topicId: string
  /** -1, as the replication factor: the broker is older than Kafka 2.4, or the caller may not describe the topic's settings. */
  readonly numPartitions: number
  readonly replicationFactor: number
  /** Undefined where the counts are -1. */
  readonly configs: readonly ConfigEntry[] | undefined
}

export interface QuotaOptions extends CallOptions {
  /** Whether to wait and try again when a quota is used up. Default: true. */
  readonly retryOnQuotaViolation?: boolean
}

export interface ValidatedOptions extends QuotaOptions {
  /** Only asks whether it would succeed. Default: false. */
  readonly validateOnly?: boolean
}

/** A topic by its name, or by its id. */
export type TopicRef = string | { readonly topicId: string }

/** How many partitions a topic shall have. */
export interface NewPartitions {
  readonly name: string
  /** How many partitions the topic shall have, with those that it has. */
  readonly totalCount: number
  /** Node ids of the replicas of each new partition. Default: the controller places them. */
  readonly newAssignments?: readonly (readonly number[])[]
}

/** A topic, as a list has it. */
export interface TopicListing {
  readonly name: string
  readonly topicId: string
  readonly isInternal: boolean
}

export interface ListTopicsOptions extends CallOptions {
  /** Whether Kafka's own topics are listed too. Default: false. */
  readonly listInternal?: boolean
}

export interface TopicAdmin {
  /** Creates topics; resolves when the controller has them. */
  createTopics(topics: readonly NewTopic[], options?: ValidatedOptions): Itemized<NewTopic, CreatedTopic>
  /** Deletes topics, by name or id. */
  deleteTopics(topics: readonly TopicRef[], options?: QuotaOptions): Itemized<TopicRef, void>
  /** Gives topics more partitions. */
  createPartitions(topics: readonly NewPartitions[], options?: ValidatedOptions): Itemized<NewPartitions, void>
  /** All topics that the caller may describe. */
  listTopics(options?: ListTopicsOptions): Promise<TopicListing[]>
}

export function topicAdmin(core: AdminCore): TopicAdmin {
  return {
    createTopics: (topics, options = {}) =>
      core.each({
        what: 'the creation of topics',
        keys: topics,
        options,
        route: toController(),
        mayPass: error => mayPass(error, options),
        async ask(link, keys, { timeoutMs }) {
          const value = { topics: keys.map(creatable), timeoutMs, validateOnly: options.validateOnly ?? false }
          const response = await core.request(link, createTopicsRequest, createTopicsResponse, value)
          const rows = new Map(response.topics.map(row => [row.name, row]))
          return ({ name }) => answerOf(name, rows.get(name), createdTopic)
        },
      }),

    deleteTopics: (topics, options = {}) =>
      core.each({
        what: 'the deletion of topics',
        keys: topics,
        options,
        route: toController(),
        mayPass: error => mayPass(error, options),
        async ask(link, keys, { timeoutMs }) {
          const names = keys.filter(key => typeof key === 'string')
          const ids = keys.filter(key => typeof key !== 'string')
          // Older brokers take names alone; an id that they are asked for does not encode, with a sentence.
          const value = (version: number) =>
            version >= 6 || ids.length > 0
              ? { topics: [...names.map(name => ({ name })), ...ids.map(id => ({ name: null, ...id }))], timeoutMs }
              : { topicNames: names, timeoutMs }
          const response = await core.request(link, deleteTopicsRequest, deleteTopicsResponse, value)
          const byName = new Map(response.responses.map(row => [row.name, row]))
          const byId = new Map(response.responses.map(row => [row.topicId, row]))
          return key =>
            typeof key === 'string'
              ? doneOf(key, byName.get(key))
              : doneOf(`topic ${key.topicId}`, byId.get(key.topicId))
        },
      }),

    createPartitions: (topics, options = {}) =>
      core.each({
        what: 'the creation of partitions',
        keys: topics,
        options,
        route: toController(),
        mayPass: error => mayPass(error, options),
        async ask(link, keys, { timeoutMs }) {
          const value = {
            topics: keys.map(({ name, totalCount, newAssignments }) => ({
              name,
              count: totalCount,
              assignments: newAssignments?.map(brokerIds => ({ brokerIds: [...brokerIds] })) ?? null,
            })),
            timeoutMs,
            validateOnly: options.validateOnly ?? false,
          }
          const response = await core.request(link, createPartitionsRequest, createPartitionsResponse, value)
          const rows = new Map(response.results.map(row => [row.name, row]))
          return ({ name }) => doneOf(name, rows.get(name))
        },
      }),

    listTopics: (options = {}) =>
      core.one({
        what: 'the topics',
        options,
        async ask(link) {
          const value = { topics: null, allowAutoTopicCreation: false }
          const { topics } = await core.request(link, metadataRequest, metadataResponse, value)
          return topics.flatMap(({ name, topicId, isInternal }) =>
            name === null || (isInternal && options.listInternal !== true) ? [] : [{ name, topicId, isInternal }],
          )
        },
      }),
  }
}

function creatable({ name, numPartitions, replicationFactor, configs = {}, replicasAssignments = [] }: NewTopic) {
  requireTopic(name, 'the name of a new topic')
  const isAssigned = replicasAssignments.length > 0
  return {
    name,
    numPartitions: isAssigned ? -1 : (numPartitions ?? -1),
    replicationFactor: isAssigned ? -1 : (replicationFactor ?? -1),
    assignments: replicasAssignments.map((brokerIds, partitionIndex) => ({
      partitionIndex,
      brokerIds: [...brokerIds],
    })),
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  }
}

function createdTopic(row: CreateTopicsResponse['topics'][number]): CreatedTopic {
  const { name, topicId, numPartitions, replicationFactor, configs, topicConfigErrorCode } = row
  const mayKnow = errorIn(name, { errorCode: topicConfigErrorCode }) === undefined && configs !== null
  return {
    name,
    topicId,
    numPartitions: mayKnow ? numPartitions : -1,
    replicationFactor: mayKnow ? replicationFactor : -1,
    configs: mayKnow && numPartitions >= 0 ? configs.map(configEntryOf) : undefined,
  }
}

/** What the controller says of a topic is final, but for a controller that has moved and a quota that is used up. */
function mayPass({ errorCode }: ProtocolError, { retryOnQuotaViolation = true }: QuotaOptions): boolean {
  if (errorCode === errorCodes.NOT_CONTROLLER) return true
  return errorCode === errorCodes.THROTTLING_QUOTA_EXCEEDED && retryOnQuotaViolation
}
