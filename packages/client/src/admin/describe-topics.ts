/** The description of topics: page by page from brokers that can (KIP-966), by Metadata from the others and for ids. */
import {
  type DescribeTopicPartitionsResponse,
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
  type MetadataResponse,
  metadataRequest,
  metadataResponse,
} from '@dorsale/protocol'
import { noTopicId, type PartitionInfo } from '../metadata/metadata-cache.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { type Answer, answerOf, unanswered } from './answer.ts'
import type { Itemized } from './itemized.ts'
import { type AclOperation, operationsIn } from './operations.ts'
import { toAny } from './route.ts'
import type { TopicRef } from './topics.ts'

/** One partition of a topic: who leads it, and who has copies. */
export interface TopicPartitionDescription extends PartitionInfo {
  /** Replicas outside the ISR that hold everything below the high watermark; undefined: the broker does not say. */
  readonly elr: readonly number[] | undefined
  /** The last replicas that were in the ELR before it was empty; undefined: the broker does not say. */
  readonly lastKnownElr: readonly number[] | undefined
}

/** A topic with its partitions. */
export interface TopicDescription {
  readonly name: string
  readonly topicId: string
  readonly isInternal: boolean
  /** By partition index. */
  readonly partitions: readonly TopicPartitionDescription[]
  /** Undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

export interface DescribeTopicsOptions extends CallOptions {
  /** Whether to say what the caller may do with each topic. Default: false. */
  readonly includeAuthorizedOperations?: boolean
  /** Most partitions in one response; more come with the next. Default: 2000, which is also what brokers allow at most. */
  readonly partitionSizeLimitPerResponse?: number
}

export interface DescribeTopicsAdmin {
  /** Topics with their partitions, by name or id. */
  describeTopics(topics: readonly TopicRef[], options?: DescribeTopicsOptions): Itemized<TopicRef, TopicDescription>
}

export function describeTopicsAdmin(core: AdminCore): DescribeTopicsAdmin {
  return {
    describeTopics: (topics, options = {}) =>
      core.each({
        what: 'the description of topics',
        keys: topics,
        options,
        route: toAny(),
        async ask(link, keys) {
          const names = keys.filter(key => typeof key === 'string')
          const ids = keys.filter(key => typeof key !== 'string').map(({ topicId }) => topicId)
          await link.ready()
          const canPage = link.versions.pick(describeTopicPartitionsRequest) !== undefined
          const [byName, byId] = await Promise.all([
            canPage ? describePages(core, link, names, options) : describeByMetadata(core, link, { names }, options),
            describeByMetadata(core, link, { ids }, options),
          ])
          return key => (typeof key === 'string' ? byName(key) : byId(key.topicId))
        },
      }),
  }
}

type Describe = (nameOrId: string) => Answer<TopicDescription>
type Page = DescribeTopicPartitionsResponse['topics'][number]

async function describePages(
  core: AdminCore,
  link: BrokerLink,
  names: readonly string[],
  options: DescribeTopicsOptions,
): Promise<Describe> {
  const { partitionSizeLimitPerResponse: responsePartitionLimit = 2000 } = options
  const found = new Map<string, Page>()
  // In the order of the broker, whose pages begin where the cursor says.
  let open = [...new Set(names)].sort()
  let cursor: DescribeTopicPartitionsResponse['nextCursor'] = null
  while (open.length > 0) {
    const value = { topics: open.map(name => ({ name })), responsePartitionLimit, cursor }
    const response: DescribeTopicPartitionsResponse = await core.request(
      link,
      describeTopicPartitionsRequest,
      describeTopicPartitionsResponse,
      value,
    )
    for (const topic of response.topics) {
      const begun = found.get(topic.name ?? '')
      if (begun === undefined) found.set(topic.name ?? '', topic)
      else begun.partitions.push(...topic.partitions)
    }
    const next = response.nextCursor
    if (next === null || (cursor !== null && !isLater(next, cursor))) break
    cursor = next
    open = open.filter(name => name >= next.topicName)
  }
  return name =>
    answerOf(name, found.get(name), topic => ({
      ...describedTopic(topic, options),
      partitions: topic.partitions
        .map(partition => ({
          ...describedPartition(partition),
          elr: partition.eligibleLeaderReplicas ?? undefined,
          lastKnownElr: partition.lastKnownElr ?? undefined,
        }))
        .sort(byIndex),
    }))
}

/** A broker that goes round in circles must not hold us for ever. */
function isLater(next: NonNullable<DescribeTopicPartitionsResponse['nextCursor']>, cursor: typeof next): boolean {
  return next.topicName === cursor.topicName
    ? next.partitionIndex > cursor.partitionIndex
    : next.topicName > cursor.topicName
}

async function describeByMetadata(
  core: AdminCore,
  link: BrokerLink,
  { names = [], ids = [] }: { names?: readonly string[]; ids?: readonly string[] },
  options: DescribeTopicsOptions,
): Promise<Describe> {
  const { includeAuthorizedOperations: includeTopicAuthorizedOperations = false } = options
  const topics = [
    ...names.map(name => ({ name, topicId: noTopicId })),
    ...ids.map(topicId => ({ name: null, topicId })),
  ]
  if (topics.length === 0) return nameOrId => ({ error: unanswered(nameOrId) })
  const value = { topics, allowAutoTopicCreation: false, includeTopicAuthorizedOperations }
  const response = await core.request(link, metadataRequest, metadataResponse, value)
  const rows = new Map<string, MetadataResponse['topics'][number]>()
  for (const topic of response.topics) {
    rows.set(ids.length > 0 ? topic.topicId : (topic.name ?? ''), topic)
  }
  return nameOrId =>
    answerOf(ids.length > 0 ? `topic ${nameOrId}` : nameOrId, rows.get(nameOrId), topic => ({
      ...describedTopic(topic, options),
      partitions: topic.partitions
        .map(partition => ({ ...describedPartition(partition), elr: undefined, lastKnownElr: undefined }))
        .sort(byIndex),
    }))
}

function describedTopic(
  topic: Page | MetadataResponse['topics'][number],
  { includeAuthorizedOperations = false }: DescribeTopicsOptions,
) {
  const { name, topicId, isInternal, topicAuthorizedOperations } = topic
  // DescribeTopicPartitions says so in any case.
  const authorizedOperations = includeAuthorizedOperations ? operationsIn(topicAuthorizedOperations) : undefined
  return { name: name ?? '', topicId, isInternal, authorizedOperations }
}

function describedPartition(
  partition: Page['partitions'][number] | MetadataResponse['topics'][number]['partitions'][number],
): PartitionInfo {
  return {
    index: partition.partitionIndex,
    leaderId: partition.leaderId,
    leaderEpoch: partition.leaderEpoch,
    replicas: partition.replicaNodes,
    isr: partition.isrNodes,
    offlineReplicas: partition.offlineReplicas,
  }
}

function byIndex(one: PartitionInfo, other: PartitionInfo): number {
  return one.index - other.index
}
