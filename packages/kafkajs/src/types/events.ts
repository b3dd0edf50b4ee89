import type { TopicOffsets } from './common.ts'
import type { AdminEvents, ConsumerEvents, IMemberAssignment, ProducerEvents } from './event-names.ts'

export interface InstrumentationEvent<Payload> {
  id: string
  type: string
  /** Milliseconds since 1970. */
  timestamp: number
  payload: Payload
}

export type RemoveInstrumentationEventListener<_Name> = () => void

export type ConnectEvent = InstrumentationEvent<null>
export type DisconnectEvent = InstrumentationEvent<null>

interface RequestOf {
  apiKey: number
  apiName: string
  apiVersion: number
  broker: string
  clientId: string
  correlationId: number
  createdAt: number
  pendingDuration: number
  sentAt: number
}

export type RequestEvent = InstrumentationEvent<RequestOf & { duration: number; size: number }>
export type RequestTimeoutEvent = InstrumentationEvent<RequestOf>
export type RequestQueueSizeEvent = InstrumentationEvent<{ broker: string; clientId: string; queueSize: number }>

export type ConsumerHeartbeatEvent = InstrumentationEvent<{
  groupId: string
  memberId: string
  groupGenerationId: number
}>

export type ConsumerCommitOffsetsEvent = InstrumentationEvent<{
  groupId: string
  memberId: string
  groupGenerationId: number
  topics: TopicOffsets[]
}>

export type ConsumerGroupJoinEvent = InstrumentationEvent<{
  duration: number
  groupId: string
  isLeader: boolean
  leaderId: string
  groupProtocol: string
  memberId: string
  memberAssignment: IMemberAssignment
}>

export type ConsumerFetchStartEvent = InstrumentationEvent<{ nodeId: number }>
export type ConsumerFetchEvent = InstrumentationEvent<{ numberOfBatches: number; duration: number; nodeId: number }>

interface IBatchProcessEvent {
  topic: string
  partition: number
  highWatermark: string
  offsetLag: string
  offsetLagLow: string
  batchSize: number
  firstOffset: string
  lastOffset: string
}

export type ConsumerStartBatchProcessEvent = InstrumentationEvent<IBatchProcessEvent>
export type ConsumerEndBatchProcessEvent = InstrumentationEvent<IBatchProcessEvent & { duration: number }>
export type ConsumerCrashEvent = InstrumentationEvent<{ error: Error; groupId: string; restart: boolean }>
export type ConsumerRebalancingEvent = InstrumentationEvent<{ groupId: string; memberId: string }>

export type ConsumerReceivedUnsubcribedTopicsEvent = InstrumentationEvent<{
  groupId: string
  generationId: number
  memberId: string
  assignedTopics: string[]
  topicsSubscribed: string[]
  topicsNotSubscribed: string[]
}>

type ValueOf<Type> = Type[keyof Type]

interface NetworkPayloads {
  CONNECT: ConnectEvent
  DISCONNECT: DisconnectEvent
  REQUEST: RequestEvent
  REQUEST_TIMEOUT: RequestTimeoutEvent
  REQUEST_QUEUE_SIZE: RequestQueueSizeEvent
}

type Both<Union> = (Union extends unknown ? (each: Union) => void : never) extends (each: infer All) => void
  ? All
  : never

/** Registers a listener, of one event or, by the last form, of any; what it answers takes the listener away again. */
export type On<Names extends Readonly<Record<string, string>>, Payloads extends Record<keyof Names, unknown>> = Both<
  {
    [Key in keyof Names]: (
      eventName: Names[Key],
      listener: (event: Payloads[Key]) => void,
    ) => RemoveInstrumentationEventListener<Names[Key]>
  }[keyof Names]
> &
  ((
    eventName: ValueOf<Names>,
    // biome-ignore lint/suspicious/noExplicitAny: as kafkajs declares it, for listeners of several events.
    listener: (event: InstrumentationEvent<any>) => void,
  ) => RemoveInstrumentationEventListener<ValueOf<Names>>)

export type OnProducer = On<ProducerEvents, NetworkPayloads>
export type OnAdmin = On<AdminEvents, NetworkPayloads>
export type OnConsumer = On<
  ConsumerEvents,
  NetworkPayloads & {
    HEARTBEAT: ConsumerHeartbeatEvent
    COMMIT_OFFSETS: ConsumerCommitOffsetsEvent
    GROUP_JOIN: ConsumerGroupJoinEvent
    FETCH_START: ConsumerFetchStartEvent
    FETCH: ConsumerFetchEvent
    START_BATCH_PROCESS: ConsumerStartBatchProcessEvent
    END_BATCH_PROCESS: ConsumerEndBatchProcessEvent
    STOP: InstrumentationEvent<null>
    CRASH: ConsumerCrashEvent
    REBALANCING: ConsumerRebalancingEvent
    RECEIVED_UNSUBSCRIBED_TOPICS: ConsumerReceivedUnsubcribedTopicsEvent
  }
>
