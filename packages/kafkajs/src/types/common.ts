/** What several clients take and give. */

export interface RetryOptions {
  /** The longest pause, in milliseconds. Default 30,000. */
  maxRetryTime?: number
  /** The first pause, in milliseconds. Default 300. */
  initialRetryTime?: number
  /** By which part a pause varies at random. Default 0.2. */
  factor?: number
  /** By what a pause is longer than the one before. Default 2. */
  multiplier?: number
  /** Default 5. */
  retries?: number
  /** Of a consumer: whether to begin again after a failure that may pass. Default: yes. */
  restartOnFailure?: (error: Error) => Promise<boolean>
}

export interface IHeaders {
  [key: string]: Buffer | string | (Buffer | string)[] | undefined
}

export interface Message {
  key?: Buffer | string | null
  value: Buffer | string | null
  partition?: number
  headers?: IHeaders
  /** Milliseconds since 1970. Default: now. */
  timestamp?: string
}

export type PartitionMetadata = {
  partitionErrorCode: number
  partitionId: number
  leader: number
  replicas: number[]
  isr: number[]
  offlineReplicas?: number[]
}

export interface PartitionOffset {
  partition: number
  offset: string
}

export interface TopicOffsets {
  topic: string
  partitions: PartitionOffset[]
}

export interface Offsets {
  topics: TopicOffsets[]
}

export type TopicPartitions = { topic: string; partitions: number[] }
export type TopicPartition = { topic: string; partition: number }
export type TopicPartitionOffset = TopicPartition & { offset: string }
export type TopicPartitionOffsetAndMetadata = TopicPartitionOffset & { metadata?: string | null }
