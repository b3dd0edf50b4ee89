/**
 * What the client does, for whoever listens: channels of `node:diagnostics_channel`. A channel that nobody has subscribed to costs one look at a flag, and no message is made.
 *
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 *
 * subscribe('dorsale:client:request:answered', message => histogram.observe(message.tookMs))
 * ```
 *
 * Messages are told of in the turn in which they happen. Who listens must not change them, and should be quick.
 */
import { type Channel, channel } from 'node:diagnostics_channel'

/** The broker that a connection is to. */
export interface ConnectionMessage {
  readonly clientId: string
  /** Negative: a bootstrap server, whose id is not known yet. */
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

/** What a channel tells of one partition. */
export interface PartitionMessage {
  readonly topic: string
  readonly partition: number
}

export interface RequestMessage extends ConnectionMessage {
  /** Kafka's number and name of the request. */
  readonly apiKey: number
  readonly apiName: string
  readonly apiVersion: number
}

/** The channels, by name, and what is told on each. Times are in milliseconds. */
export interface ClientChannels {
  /** A connection is open and the broker's versions are known; with SASL, the client has shown who it is. */
  readonly 'dorsale:client:connection:open': ConnectionMessage
  /** A connection has ended, or could not be opened. Without an error: it was closed because nobody used it, or the client is. */
  readonly 'dorsale:client:connection:close': ConnectionMessage & { readonly error: Error | undefined }
  readonly 'dorsale:client:request:sent': RequestMessage
  readonly 'dorsale:client:request:answered': RequestMessage & { readonly tookMs: number }
  /** The connection ended before the answer, or the time for it was over. */
  readonly 'dorsale:client:request:failed': RequestMessage & { readonly tookMs: number; readonly error: Error }
  /** A batch leaves, for the first time or again. */
  readonly 'dorsale:client:produce:batch': PartitionMessage & {
    readonly recordCount: number
    readonly sizeInBytes: number
    /** 1: the first. */
    readonly attempt: number
  }
  /** The fate of a batch is known; `error`: its records are lost. */
  readonly 'dorsale:client:produce:settled': PartitionMessage & {
    readonly recordCount: number
    /** Of its first record; -1: not known. */
    readonly baseOffset: number
    /** Since its first record was sent. */
    readonly tookMs: number
    readonly error: Error | undefined
  }
  /** A fetch has been answered. */
  readonly 'dorsale:client:fetch': {
    readonly nodeId: number
    readonly tookMs: number
    /** What it brought, partition by partition. */
    readonly partitions: readonly (PartitionMessage & { readonly recordCount: number; readonly sizeInBytes: number })[]
  }
  /** A group gives partitions to a consumer, or takes them, and the application has heard of it. `lost`: others may have had them already. */
  readonly 'dorsale:client:rebalance': {
    readonly groupId: string
    readonly what: 'assigned' | 'revoked' | 'lost'
    readonly partitions: readonly PartitionMessage[]
  }
}

function of<Name extends keyof ClientChannels>(name: Name): Channel<unknown, ClientChannels[Name]> {
  return channel(name) as Channel<unknown, ClientChannels[Name]>
}

/** Look at `hasSubscribers` before a message is made. */
export const channels = {
  connectionOpen: of('dorsale:client:connection:open'),
  connectionClose: of('dorsale:client:connection:close'),
  requestSent: of('dorsale:client:request:sent'),
  requestAnswered: of('dorsale:client:request:answered'),
  requestFailed: of('dorsale:client:request:failed'),
  produceBatch: of('dorsale:client:produce:batch'),
  produceSettled: of('dorsale:client:produce:settled'),
  fetch: of('dorsale:client:fetch'),
  rebalance: of('dorsale:client:rebalance'),
} as const
