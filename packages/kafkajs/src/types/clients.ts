/** What goes in and out of `Kafka` and of producers. */
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { CompressionTypes, logLevel } from '../enums.ts'
import type { Message, Offsets, PartitionMetadata, RetryOptions } from './common.ts'
import type { ProducerEvents } from './event-names.ts'
import type { OnProducer } from './events.ts'
import type { Logger, logCreator } from './logging.ts'

export type BrokersFunction = () => string[] | Promise<string[]>

export interface KafkaConfig {
  /** Where to begin, `host:port`; or a function that finds out, asked for each time that a client connects. */
  brokers: string[] | BrokersFunction
  /** `true`, or what Node's `tls.connect` takes. Default: no TLS. */
  ssl?: ConnectionOptions | boolean
  sasl?: SASLOptions | Mechanism
  clientId?: string
  /** How long a connection may take to open, in milliseconds. Default 1000. */
  connectionTimeout?: number
  /** How much longer a connection may take that shows who it is. Default 10,000. */
  authenticationTimeout?: number
  /** Taken and not needed: a connection shows anew who it is when 85 to 95 % of its time are over. */
  reauthenticationThreshold?: number
  /** How long a request may stay unanswered, in milliseconds. Default 30,000. */
  requestTimeout?: number
  /** `false`: requests have no bound. Default `true`. */
  enforceRequestTimeout?: boolean
  retry?: RetryOptions
  /** Makes the sockets, for a way through a proxy. Default: Node's TCP and TLS. */
  socketFactory?: ISocketFactory
  logLevel?: logLevel
  logCreator?: logCreator
}

export interface ISocketFactoryArgs {
  host: string
  port: number
  ssl: ConnectionOptions
  onConnect: () => void
}

export type ISocketFactory = (args: ISocketFactoryArgs) => Socket

type SaslAuthenticationRequest = { encode: () => Buffer | Promise<Buffer> }

type SaslAuthenticationResponse<ParseResult> = {
  decode: (rawResponse: Buffer) => Buffer | Promise<Buffer>
  parse: (data: Buffer) => ParseResult
}

export type Authenticator = { authenticate: () => Promise<void> }

export type SaslAuthenticateArgs<ParseResult> = {
  request: SaslAuthenticationRequest
  response?: SaslAuthenticationResponse<ParseResult>
}

export type AuthenticationProviderArgs = {
  host: string
  port: number
  logger: Logger
  // biome-ignore lint/suspicious/noConfusingVoidType: as kafkajs declares it.
  saslAuthenticate: <ParseResult>(args: SaslAuthenticateArgs<ParseResult>) => Promise<ParseResult | void>
}

/** A SASL mechanism of the application's own. Its bytes stand behind their length, four bytes, in both directions. */
export type Mechanism = {
  mechanism: string
  authenticationProvider: (args: AuthenticationProviderArgs) => Authenticator
}

export interface OauthbearerProviderResponse {
  value: string
}

type SASLMechanismOptionsMap = {
  plain: { username: string; password: string }
  'scram-sha-256': { username: string; password: string }
  'scram-sha-512': { username: string; password: string }
  aws: { authorizationIdentity: string; accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  oauthbearer: { oauthBearerProvider: () => Promise<OauthbearerProviderResponse> }
}

export type SASLMechanism = keyof SASLMechanismOptionsMap
type SASLMechanismOptions<Name> = Name extends SASLMechanism
  ? { mechanism: Name } & SASLMechanismOptionsMap[Name]
  : never
export type SASLOptions = SASLMechanismOptions<SASLMechanism>

export interface ProducerConfig {
  createPartitioner?: ICustomPartitioner
  retry?: RetryOptions
  /** Milliseconds. Default 300,000. */
  metadataMaxAge?: number
  /** Default `true`. */
  allowAutoTopicCreation?: boolean
  /** Whether batches are numbered, so that each is written once. Default `false`. */
  idempotent?: boolean
  transactionalId?: string
  /** Milliseconds. Default 60,000. */
  transactionTimeout?: number
  maxInFlightRequests?: number
}

export interface PartitionerArgs {
  topic: string
  partitionMetadata: PartitionMetadata[]
  message: Message
}

export type ICustomPartitioner = () => (args: PartitionerArgs) => number
export type DefaultPartitioner = ICustomPartitioner
export type LegacyPartitioner = ICustomPartitioner

export interface ProducerRecord {
  topic: string
  messages: Message[]
  /** -1 (default): all in-sync replicas, 1: the leader, 0: nobody. */
  acks?: number
  /** How long the brokers may take, in milliseconds. Default: `requestTimeout` decides. */
  timeout?: number
  compression?: CompressionTypes
}

export interface TopicMessages {
  topic: string
  messages: Message[]
}

export interface ProducerBatch {
  acks?: number
  timeout?: number
  compression?: CompressionTypes
  topicMessages?: TopicMessages[]
}

export type RecordMetadata = {
  topicName: string
  partition: number
  errorCode: number
  offset?: string
  timestamp?: string
  /** Of the first message of this call in the partition. */
  baseOffset?: string
  logAppendTime?: string
  logStartOffset?: string
}

type Sender = {
  send(record: ProducerRecord): Promise<RecordMetadata[]>
  sendBatch(batch: ProducerBatch): Promise<RecordMetadata[]>
}

export type Transaction = Sender & {
  sendOffsets(offsets: Offsets & { consumerGroupId: string }): Promise<void>
  commit(): Promise<void>
  abort(): Promise<void>
  isActive(): boolean
}

export type Producer = Sender & {
  connect(): Promise<void>
  disconnect(): Promise<void>
  isIdempotent(): boolean
  readonly events: ProducerEvents
  on: OnProducer
  transaction(): Promise<Transaction>
  logger(): Logger
}
