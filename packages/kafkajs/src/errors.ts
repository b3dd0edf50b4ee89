/** The errors of kafkajs: applications tell them apart by class, `name`, `type` and `retriable`. */
import type { PartitionMetadata } from './types/common.ts'
import type {
  KafkaJSConnectionErrorMetadata,
  KafkaJSErrorMetadata,
  KafkaJSNumberOfRetriesExceededMetadata,
  KafkaJSOffsetOutOfRangeMetadata,
  KafkaJSRequestTimeoutErrorMetadata,
  KafkaJSServerDoesNotSupportApiKeyMetadata,
  KafkaJSStaleTopicMetadataAssignmentMetadata,
  KafkaJSTopicMetadataNotLoadedMetadata,
} from './types/error-metadata.ts'

/** What an error is made of: a sentence, or another error with more to say. */
type Reason = Error | string

function messageOf(reason: Reason): string {
  return typeof reason === 'string' ? reason : reason.message
}

function partOf(reason: Reason, name: string): unknown {
  return typeof reason === 'string' ? undefined : (reason as unknown as Record<string, unknown>)[name]
}

export class KafkaJSError extends Error {
  override readonly message: string
  override readonly name: string = 'KafkaJSError'
  /** Whether the same may succeed later. */
  readonly retriable: boolean
  readonly helpUrl?: string
  override readonly cause?: Error

  constructor(reason: Reason, { retriable = true, cause }: KafkaJSErrorMetadata & { cause?: Error | undefined } = {}) {
    super(messageOf(reason))
    this.message = messageOf(reason)
    this.retriable = retriable
    const helpUrl = partOf(reason, 'helpUrl')
    if (typeof helpUrl === 'string') this.helpUrl = helpUrl
    if (cause !== undefined) this.cause = cause
  }
}

export class KafkaJSNonRetriableError extends KafkaJSError {
  override readonly name: string = 'KafkaJSNonRetriableError'

  constructor(reason: Reason, { cause }: { cause?: Error | undefined } = {}) {
    super(reason, { retriable: false, cause })
  }
}

/** A broker refused. `type` is Kafka's name of the error as kafkajs writes it, `code` its number. */
export class KafkaJSProtocolError extends KafkaJSError {
  override readonly name: string = 'KafkaJSProtocolError'
  readonly code: number
  readonly type: string

  constructor(reason: Reason, { retriable = partOf(reason, 'retriable') !== false }: { retriable?: boolean } = {}) {
    super(reason, { retriable })
    this.type = partOf(reason, 'type') as string
    this.code = partOf(reason, 'code') as number
  }
}

export class KafkaJSOffsetOutOfRange extends KafkaJSProtocolError {
  override readonly name: string = 'KafkaJSOffsetOutOfRange'
  readonly topic: string
  readonly partition: number

  constructor(reason: Reason, metadata?: KafkaJSOffsetOutOfRangeMetadata) {
    super(reason)
    this.topic = metadata?.topic as string
    this.partition = metadata?.partition as number
  }
}

export class KafkaJSMemberIdRequired extends KafkaJSProtocolError {
  override readonly name: string = 'KafkaJSMemberIdRequired'
  readonly memberId: string

  constructor(reason: Reason, { memberId }: { memberId: string }) {
    super(reason)
    this.memberId = memberId
  }
}

/** What may pass did not in as many tries as `retry` allows; `cause` is the last failure. */
export class KafkaJSNumberOfRetriesExceeded extends KafkaJSNonRetriableError {
  override readonly name: string = 'KafkaJSNumberOfRetriesExceeded'
  override readonly stack: string
  readonly retryCount: number
  /** Milliseconds. */
  readonly retryTime: number

  constructor(reason: Reason, metadata?: KafkaJSNumberOfRetriesExceededMetadata) {
    super(reason, typeof reason === 'string' ? {} : { cause: reason })
    this.stack = `${this.name}\n  Caused by: ${typeof reason === 'string' ? reason : reason.stack}`
    this.retryCount = metadata?.retryCount as number
    this.retryTime = metadata?.retryTime as number
  }
}

export class KafkaJSConnectionError extends KafkaJSError {
  override readonly name: string = 'KafkaJSConnectionError'
  readonly broker: string
  /** The system's name of the failure: `ECONNREFUSED`. */
  readonly code?: string

  constructor(reason: Reason, { broker, code }: KafkaJSConnectionErrorMetadata = {}) {
    super(reason)
    this.broker = broker as string
    if (code !== undefined) this.code = code
  }
}

export class KafkaJSConnectionClosedError extends KafkaJSConnectionError {
  override readonly name: string = 'KafkaJSConnectionClosedError'
  readonly host?: string
  readonly port?: number

  constructor(reason: Reason, { host, port }: { host?: string; port?: number } = {}) {
    super(reason, { broker: `${host}:${port}` })
    if (host !== undefined) this.host = host
    if (port !== undefined) this.port = port
  }
}

export class KafkaJSRequestTimeoutError extends KafkaJSError {
  override readonly name: string = 'KafkaJSRequestTimeoutError'
  readonly broker: string
  readonly correlationId: number
  readonly createdAt: number
  readonly sentAt: number
  readonly pendingDuration: number

  constructor(reason: Reason, metadata?: Partial<KafkaJSRequestTimeoutErrorMetadata>) {
    super(reason)
    this.broker = metadata?.broker as string
    this.correlationId = metadata?.correlationId as number
    this.createdAt = metadata?.createdAt as number
    this.sentAt = metadata?.sentAt as number
    this.pendingDuration = metadata?.pendingDuration as number
  }
}

export class KafkaJSMetadataNotLoaded extends KafkaJSError {
  override readonly name: string = 'KafkaJSMetadataNotLoaded'

  constructor(reason: Reason = '', metadata?: KafkaJSErrorMetadata) {
    super(reason, metadata)
  }
}

export class KafkaJSTopicMetadataNotLoaded extends KafkaJSMetadataNotLoaded {
  override readonly name: string = 'KafkaJSTopicMetadataNotLoaded'
  readonly topic: string

  constructor(reason: Reason, metadata?: KafkaJSTopicMetadataNotLoadedMetadata) {
    super(reason)
    this.topic = metadata?.topic as string
  }
}

export class KafkaJSStaleTopicMetadataAssignment extends KafkaJSError {
  override readonly name: string = 'KafkaJSStaleTopicMetadataAssignment'
  readonly topic: string
  readonly unknownPartitions: number

  constructor(reason: Reason, metadata?: KafkaJSStaleTopicMetadataAssignmentMetadata) {
    super(reason)
    this.topic = metadata?.topic as string
    // kafkajs declares a number and gives a list.
    this.unknownPartitions = metadata?.unknownPartitions as PartitionMetadata[] & number
  }
}

export class KafkaJSDeleteGroupsError extends KafkaJSError {
  override readonly name: string = 'KafkaJSDeleteGroupsError'
  readonly groups: DeleteGroupsResult[]

  constructor(reason: Reason, groups: readonly (KafkaJSDeleteGroupsErrorGroups | DeleteGroupsResult)[] = []) {
    super(reason)
    this.groups = groups as DeleteGroupsResult[]
  }
}

export class KafkaJSServerDoesNotSupportApiKey extends KafkaJSNonRetriableError {
  override readonly name: string = 'KafkaJSServerDoesNotSupportApiKey'
  readonly apiKey: number
  readonly apiName: string

  constructor(reason: Reason, metadata?: KafkaJSServerDoesNotSupportApiKeyMetadata) {
    super(reason)
    this.apiKey = metadata?.apiKey as number
    this.apiName = metadata?.apiName as string
  }
}

export class KafkaJSBrokerNotFound extends KafkaJSError {
  override readonly name: string = 'KafkaJSBrokerNotFound'

  constructor(reason: Reason = '', metadata?: KafkaJSErrorMetadata) {
    super(reason, metadata)
  }
}

/** The others differ from their parents by name alone. */
abstract class Named extends KafkaJSNonRetriableError {
  constructor(reason: Reason = '', metadata?: { cause?: Error | undefined }) {
    super(reason, metadata)
  }
}

export class KafkaJSPartialMessageError extends Named {
  override readonly name: string = 'KafkaJSPartialMessageError'
}

export class KafkaJSSASLAuthenticationError extends Named {
  override readonly name: string = 'KafkaJSSASLAuthenticationError'
}

export class KafkaJSGroupCoordinatorNotFound extends Named {
  override readonly name: string = 'KafkaJSGroupCoordinatorNotFound'
}

export class KafkaJSNotImplemented extends Named {
  override readonly name: string = 'KafkaJSNotImplemented'
}

export class KafkaJSTimeout extends Named {
  override readonly name: string = 'KafkaJSTimeout'
}

export class KafkaJSLockTimeout extends KafkaJSTimeout {
  override readonly name: string = 'KafkaJSLockTimeout'
}

export class KafkaJSUnsupportedMagicByteInMessageSet extends Named {
  override readonly name: string = 'KafkaJSUnsupportedMagicByteInMessageSet'
}

export class KafkaJSInvariantViolation extends KafkaJSNonRetriableError {
  override readonly name: string = 'KafkaJSInvariantViolation'

  constructor(reason: Reason) {
    super(`Invariant violated: ${messageOf(reason)}. This is likely a bug and should be reported.`)
  }
}

/** kafkajs gives these two the name of their parent. */
export class KafkaJSInvalidVarIntError extends Named {}
export class KafkaJSInvalidLongError extends Named {}

/** Some records were not deleted; to be tried again when that holds for each partition that failed. */
export class KafkaJSDeleteTopicRecordsError extends KafkaJSError {
  override readonly name: string = 'KafkaJSDeleteTopicRecordsError'
  readonly partitions: KafkaJSDeleteTopicRecordsErrorPartition[]

  constructor({ partitions }: Pick<KafkaJSDeleteTopicRecordsErrorTopic, 'partitions'>) {
    super('Error while deleting records', { retriable: partitions.every(({ error }) => error?.retriable !== false) })
    this.partitions = partitions
  }
}

export class KafkaJSCreateTopicError extends KafkaJSProtocolError {
  override readonly name: string = 'KafkaJSCreateTopicError'
  readonly topic: string

  constructor(reason: Reason, topic: string) {
    super(reason)
    this.topic = topic
  }
}

export class KafkaJSAlterPartitionReassignmentsError extends KafkaJSProtocolError {
  override readonly name: string = 'KafkaJSAlterPartitionReassignmentsError'
  readonly topic?: string
  readonly partition?: number

  constructor(reason: Reason, topic?: string, partition?: number) {
    super(reason)
    if (topic !== undefined) this.topic = topic
    if (partition !== undefined) this.partition = partition
  }
}

/** Several things failed, each for itself: `errors`. */
export class KafkaJSAggregateError extends Error {
  override readonly name: string = 'KafkaJSAggregateError'
  readonly errors: (Error | string)[]

  constructor(message: Reason, errors: (Error | string)[]) {
    super(messageOf(message))
    this.errors = errors
  }
}

export class KafkaJSFetcherRebalanceError extends Error {}

export class KafkaJSNoBrokerAvailableError extends KafkaJSError {
  override readonly name: string = 'KafkaJSNoBrokerAvailableError'

  constructor() {
    super('No broker available')
  }
}

export type DeleteGroupsResult = {
  groupId: string
  errorCode?: number
  error?: KafkaJSProtocolError
}

export interface KafkaJSDeleteGroupsErrorGroups {
  groupId: string
  errorCode: number
  error: KafkaJSError
}

export interface KafkaJSDeleteTopicRecordsErrorPartition {
  partition: number
  offset: string
  error: KafkaJSError
}

export interface KafkaJSDeleteTopicRecordsErrorTopic {
  topic: string
  partitions: KafkaJSDeleteTopicRecordsErrorPartition[]
}
