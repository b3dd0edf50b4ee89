import { DorsaleError, randomBelow } from '@dorsale/base'
import {
  apis,
  createMessage,
  decodeMessage,
  encodeMessage,
  type MessageOf,
  type MessageTable,
  metadataRequest,
  metadataResponse,
  type PartialMessage,
  requestHeaderVersion,
  responseHeaderVersion,
} from '@dorsale/protocol'
import { FrameClient } from '@dorsale/transport'
import type { Host } from '../world/process.ts'

/** Where the broker of these scenarios is. */
export const brokerMachine = 'broker'
export const brokerPort = 9092

/** What a client must know of a topic to name it in any version of a request. */
export interface TopicHandle {
  name: string
  id: string
  partitionCount: number
}

/**
 * The least that speaks Kafka's protocol: one connection, requests as tables and values. It is no client: it retries nothing and
 * remembers nothing, so that a workload decides, and knows, what was sent.
 */
export class Driver {
  readonly #host: Host
  readonly #client: FrameClient
  /** Why the connection was closed. */
  closed: Error | undefined
  /** By API key: a version that this connection uses, drawn once, so that a run exercises old and new ones. */
  readonly #versions = new Map<number, number>()

  constructor(host: Host, clientId: string) {
    this.#host = host
    this.#client = new FrameClient({
      clock: host.clock,
      net: host.net,
      host: brokerMachine,
      port: brokerPort,
      clientId,
      responseBytesMax: 100_000_000,
      inFlightMax: 100,
      onClose: error => {
        this.closed = error
      },
    })
  }

  close(): void {
    this.#client.close()
  }

  /** The version in which this connection speaks an API: at least `versionMin`, where a caller needs a field. */
  versionOf(table: MessageTable, versionMin = 0): number {
    const key = table.apiKey ?? -1
    let version = this.#versions.get(key)
    if (version === undefined) {
      const api = apis.get(key)
      const low = Math.max(api?.versionMin ?? 0, versionMin)
      version = low + randomBelow(this.#host.prng, (api?.stableVersionMax ?? low) - low + 1)
      this.#versions.set(key, version)
    }
    return version
  }

  /** Sends a request and answers its response; rejects when the connection closes or `timeoutMs` pass. */
  call<Request extends MessageTable, Response extends MessageTable>(
    request: Request,
    response: Response,
    value: PartialMessage<Request>,
    { version = this.versionOf(request), timeoutMs = 3000 }: { version?: number; timeoutMs?: number } = {},
  ): Promise<MessageOf<Response>> {
    return new Promise((resolve, reject) => {
      const sent = this.#send(request, version, value, timeoutMs, {
        onReply: body => {
          try {
            resolve(decodeMessage(response, version, body))
          } catch (error) {
            reject(error)
          }
        },
        onError: reject,
      })
      if (!sent) reject(this.closed ?? new DorsaleError('DORSALE_SIM_BUSY', 'too many requests are under way'))
    })
  }

  /** Sends a request that has no response. */
  tell<Request extends MessageTable>(
    request: Request,
    value: PartialMessage<Request>,
    { version = this.versionOf(request) }: { version?: number } = {},
  ): void {
    this.#send(request, version, value, 0, {})
  }

  /** The topic, if the broker knows it. */
  async topic(name: string): Promise<TopicHandle | undefined> {
    const response = await this.call(
      metadataRequest,
      metadataResponse,
      { topics: [{ name }], allowAutoTopicCreation: false },
      { version: this.versionOf(metadataRequest, 10) },
    )
    const topic = response.topics.find(candidate => candidate.name === name)
    if (topic === undefined || topic.errorCode !== 0) return undefined
    return { name, id: topic.topicId, partitionCount: topic.partitions.length }
  }

  #send<Request extends MessageTable>(
    table: Request,
    apiVersion: number,
    value: PartialMessage<Request>,
    timeoutMs: number,
    handlers: { onReply?: (body: Uint8Array) => void; onError?: (error: Error) => void },
  ): boolean {
    const apiKey = table.apiKey as number
    return this.#client.send({
      apiKey,
      apiVersion,
      requestHeaderVersion: requestHeaderVersion(apiKey, apiVersion),
      responseHeaderVersion: responseHeaderVersion(apiKey, apiVersion),
      body: encodeMessage(table, apiVersion, createMessage(table, value)),
      timeoutMs,
      ...handlers,
    })
  }
}
