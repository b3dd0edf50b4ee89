import type { GroupDescription } from './admin.ts'
import type { Broker, BrokerMetadata } from './brokers.ts'
import type {
  IHeaders,
  Offsets,
  PartitionMetadata,
  RetryOptions,
  TopicOffsets,
  TopicPartitionOffset,
  TopicPartitionOffsetAndMetadata,
  TopicPartitions,
} from './common.ts'
import type { ConsumerEvents } from './event-names.ts'
import type { OnConsumer } from './events.ts'
import type { Logger } from './logging.ts'

export interface ConsumerConfig {
  groupId: string
  /** How the leader divides the partitions. Default: round robin. */
  partitionAssigners?: PartitionAssigner[]
  /** Milliseconds. Default 300,000. */
  metadataMaxAge?: number
  /** Milliseconds. Default 30,000. */
  sessionTimeout?: number
  /** Milliseconds. Default 60,000. */
  rebalanceTimeout?: number
  /** Milliseconds. Default 3000. */
  heartbeatInterval?: number
  /** Default 1 MiB. */
  maxBytesPerPartition?: number
  /** Default 1. */
  minBytes?: number
  /** Default 10 MiB. */
  maxBytes?: number
  /** Milliseconds. Default 5000. */
  maxWaitTimeInMs?: number
  retry?: RetryOptions & { restartOnFailure?: (error: Error) => Promise<boolean> }
  /** Default `true`. */
  allowAutoTopicCreation?: boolean
  maxInFlightRequests?: number
  /** Default `false`: what is committed. */
  readUncommitted?: boolean
  rackId?: string
  /**
   * Not in kafkajs: how long a handler may give no sign of life, in milliseconds. A sign is a message that is done, `heartbeat()` or the handler's end. Beyond, the member
   * leaves its group, so that others get its partitions, and joins again when the handler has ended. Default 300,000.
   */
  maxHandlerSilence?: number
}

export type PartitionAssigner = (config: { cluster: Cluster; groupId: string; logger: Logger }) => Assigner

export type ConsumerGroup = { groupId: string; generationId: number; memberId: string; coordinator: Broker }

export interface CoordinatorMetadata {
  errorCode: number
  coordinator: { nodeId: number; host: string; port: number }
}

/** What a partition assigner may know of the cluster. */
export type Cluster = {
  getNodeIds(): number[]
  metadata(): Promise<BrokerMetadata>
  removeBroker(options: { host: string; port: number }): void
  addMultipleTargetTopics(topics: string[]): Promise<void>
  isConnected(): boolean
  connect(): Promise<void>
  disconnect(): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  addTargetTopic(topic: string): Promise<void>
  findBroker(node: { nodeId: string }): Promise<Broker>
  findControllerBroker(): Promise<Broker>
  findTopicPartitionMetadata(topic: string): PartitionMetadata[]
  findLeaderForPartitions(topic: string, partitions: number[]): { [leader: string]: number[] }
  findGroupCoordinator(group: { groupId: string }): Promise<Broker>
  findGroupCoordinatorMetadata(group: { groupId: string }): Promise<CoordinatorMetadata>
  defaultOffset(config: { fromBeginning: boolean }): number
  fetchTopicsOffset(
    topics: Array<
      { topic: string; partitions: Array<{ partition: number }> } & (
        | { fromBeginning: boolean; fromTimestamp?: never }
        | { fromTimestamp: number; fromBeginning?: never }
      )
    >,
  ): Promise<TopicOffsets[]>
}

export type Assignment = { [topic: string]: number[] }
export type GroupMember = { memberId: string; memberMetadata: Buffer }
export type GroupMemberAssignment = { memberId: string; memberAssignment: Buffer }
export type GroupState = { name: string; metadata: Buffer }

export type Assigner = {
  name: string
  version: number
  assign(group: { members: GroupMember[]; topics: string[] }): Promise<GroupMemberAssignment[]>
  protocol(subscription: { topics: string[] }): GroupState
}

export interface ISerializer<Value> {
  encode(value: Value): Buffer
  decode(buffer: Buffer): Value | null
}

export type MemberMetadata = { version: number; topics: string[]; userData: Buffer }
export type MemberAssignment = { version: number; assignment: Assignment; userData: Buffer }

interface MessageSetEntry {
  key: Buffer | null
  value: Buffer | null
  timestamp: string
  attributes: number
  offset: string
  size: number
  headers?: never
}

interface RecordBatchEntry {
  key: Buffer | null
  value: Buffer | null
  /** Milliseconds since 1970. */
  timestamp: string
  attributes: number
  offset: string
  headers: IHeaders
  size?: never
}

export type KafkaMessage = MessageSetEntry | RecordBatchEntry

/** What one fetch brought of one partition. */
export type Batch = {
  topic: string
  partition: number
  highWatermark: string
  messages: KafkaMessage[]
  isEmpty(): boolean
  firstOffset(): string | null
  lastOffset(): string
  /** Messages behind the last of the batch. */
  offsetLag(): string
  /** Messages behind the first of the batch. */
  offsetLagLow(): string
}

export interface OffsetsByTopicPartition {
  topics: TopicOffsets[]
}

export interface EachMessagePayload {
  topic: string
  partition: number
  message: KafkaMessage
  heartbeat(): Promise<void>
  pause(): () => void
}

export interface EachBatchPayload {
  batch: Batch
  resolveOffset(offset: string): void
  heartbeat(): Promise<void>
  pause(): () => void
  commitOffsetsIfNecessary(offsets?: Offsets): Promise<void>
  uncommittedOffsets(): OffsetsByTopicPartition
  isRunning(): boolean
  isStale(): boolean
}

export type ConsumerEachMessagePayload = EachMessagePayload
export type ConsumerEachBatchPayload = EachBatchPayload

export type EachBatchHandler = (payload: EachBatchPayload) => Promise<void>
export type EachMessageHandler = (payload: EachMessagePayload) => Promise<void>

export type ConsumerRunConfig = {
  autoCommit?: boolean
  autoCommitInterval?: number | null
  autoCommitThreshold?: number | null
  eachBatchAutoResolve?: boolean
  partitionsConsumedConcurrently?: number
  eachBatch?: EachBatchHandler
  eachMessage?: EachMessageHandler
}

export type ConsumerSubscribeTopic = { topic: string | RegExp; fromBeginning?: boolean }
export type ConsumerSubscribeTopics = { topics: (string | RegExp)[]; fromBeginning?: boolean }

export type Consumer = {
  connect(): Promise<void>
  disconnect(): Promise<void>
  subscribe(subscription: ConsumerSubscribeTopics | ConsumerSubscribeTopic): Promise<void>
  stop(): Promise<void>
  run(config?: ConsumerRunConfig): Promise<void>
  commitOffsets(topicPartitions: Array<TopicPartitionOffsetAndMetadata>): Promise<void>
  seek(topicPartitionOffset: TopicPartitionOffset): void
  describeGroup(): Promise<GroupDescription>
  pause(topics: Array<{ topic: string; partitions?: number[] }>): void
  paused(): TopicPartitions[]
  resume(topics: Array<{ topic: string; partitions?: number[] }>): void
  on: OnConsumer
  logger(): Logger
  readonly events: ConsumerEvents
}
