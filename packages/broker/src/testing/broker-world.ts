import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Disk, LogFields, Logger, TlsClientOptions } from '@dorsale/base'
import { nodeClock, nodeDisk, nodeNet, nodeOffload, nodePrng } from '@dorsale/base/node'
import {
  createMessage,
  createTopicsRequest,
  createTopicsResponse,
  decodeMessage,
  encodeMessage,
  type MessageOf,
  type MessageTable,
  type PartialMessage,
  requestHeaderVersion,
  responseHeaderVersion,
} from '@dorsale/protocol'
import { formatStorage } from '@dorsale/raft'
import { FrameClient } from '@dorsale/transport'
import type { Broker } from '../broker.ts'
import { formatTarget, loadBrokerConfig } from '../config/index.ts'
import { startBroker } from '../start-broker.ts'
import type { TelemetryReceiver } from '../telemetry/receiver.ts'

/** A line that the broker logged at `warn` or `error`. */
export interface LoggedLine {
  readonly level: 'warn' | 'error'
  readonly message: string
  readonly fields: LogFields
}

type Settings = Readonly<Record<string, string>>

/** A real broker on loopback and a directory of its own, for tests that speak to it in raw requests. */
export class BrokerWorld {
  readonly directory = mkdtempSync(join(tmpdir(), 'dorsale-broker-'))
  readonly lines: LoggedLine[] = []
  readonly #overrides: ReadonlyMap<string, string>
  readonly #disk: Disk
  readonly #telemetryReceiver: TelemetryReceiver | undefined
  readonly #opensControllerListeners: boolean
  readonly #clients: TestClient[] = []
  #broker: Broker | undefined

  /** `overrides` go over the settings of a single node; a function of them is told the world's directory. */
  constructor(
    overrides: Settings | ((directory: string) => Settings) = {},
    {
      disk = nodeDisk,
      telemetryReceiver,
      opensControllerListeners = false,
    }: { disk?: Disk; telemetryReceiver?: TelemetryReceiver; opensControllerListeners?: boolean } = {},
  ) {
    this.#disk = disk
    this.#telemetryReceiver = telemetryReceiver
    this.#opensControllerListeners = opensControllerListeners
    const settings = typeof overrides === 'function' ? overrides(this.directory) : overrides
    this.#overrides = new Map(Object.entries(settings))
  }

  get broker(): Broker {
    if (this.#broker === undefined) throw new Error('the broker is not started')
    return this.#broker
  }

  get port(): number {
    return this.broker.listeners[0]!.port
  }

  async start(): Promise<void> {
    const loaded = loadBrokerConfig({ dataDirectory: this.directory, port: 0, overrides: this.#overrides })
    if ('problems' in loaded) throw new Error(loaded.problems.map(problem => problem.message).join('\n'))
    const { config } = loaded
    const world = { clock: nodeClock, disk: this.#disk, net: nodeNet, prng: nodePrng() }
    formatStorage({ ...world, ...formatTarget(config), ignoreFormatted: true })
    this.#broker = await startBroker({
      ...world,
      offload: nodeOffload({ threads: 1 }),
      logger: this.#logger(),
      telemetryReceiver: this.#telemetryReceiver,
      opensControllerListeners: this.#opensControllerListeners,
      config,
    })
  }

  async restart(): Promise<void> {
    await this.#stopServing()
    await this.start()
  }

  async stop(): Promise<void> {
    await this.#stopServing()
    rmSync(this.directory, { recursive: true, force: true })
  }

  client(port = this.port, options: { tls?: TlsClientOptions } = {}): TestClient {
    const client = new TestClient(port, options)
    this.#clients.push(client)
    return client
  }

  /** Of a listener, by its name. */
  portOf(name: string): number {
    const listener = this.broker.listeners.find(each => each.name === name)
    if (listener === undefined) throw new Error(`there is no listener ${name}`)
    return listener.port
  }

  /** Creates a topic; answers its id. */
  async createTopic(
    name: string,
    options: { partitions?: number; configs?: Readonly<Record<string, string>> } = {},
  ): Promise<string> {
    const client = this.client()
    const { topics } = await client.call(createTopicsRequest, createTopicsResponse, 7, {
      topics: [
        {
          name,
          numPartitions: options.partitions ?? 1,
          replicationFactor: 1,
          configs: Object.entries(options.configs ?? {}).map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs: 10_000,
    })
    client.close()
    const [topic] = topics
    if (topic?.errorCode !== 0) throw new Error(`cannot create ${name}: ${topic?.errorMessage}`)
    return topic.topicId
  }

  async #stopServing(): Promise<void> {
    for (const client of this.#clients) client.close()
    this.#clients.length = 0
    await this.#broker?.stop()
    this.#broker = undefined
  }

  #logger(): Logger {
    const say =
      (level: LoggedLine['level']) =>
      (message: string, fields: LogFields = {}): void => {
        this.lines.push({ level, message, fields })
      }
    const logger: Logger = { debug() {}, info() {}, warn: say('warn'), error: say('error'), child: () => logger }
    return logger
  }
}

/** Speaks Kafka's protocol message by message, without opinion. */
export class TestClient {
  readonly #client: FrameClient

  constructor(port: number, options: { tls?: TlsClientOptions } = {}) {
    this.#client = new FrameClient({
      ...options,
      clock: nodeClock,
      net: nodeNet,
      host: '127.0.0.1',
      port,
      clientId: 'test',
      responseBytesMax: 100 * 1024 * 1024,
      inFlightMax: 1000,
    })
  }

  /** The response; rejects when the connection is closed instead. */
  call<Request extends MessageTable, Response extends MessageTable>(
    request: Request,
    response: Response,
    apiVersion: number,
    message: PartialMessage<Request>,
  ): Promise<MessageOf<Response>> {
    return new Promise((resolve, reject) => {
      const sent = this.#client.send({
        ...encoded(request, apiVersion, message),
        onReply: body => resolve(decodeMessage(response, apiVersion, body)),
        onError: reject,
      })
      if (!sent) reject(new Error('the connection is closed'))
    })
  }

  /** Sends without waiting for a response: produce with acks=0. */
  send<Request extends MessageTable>(request: Request, apiVersion: number, message: PartialMessage<Request>): void {
    this.#client.send(encoded(request, apiVersion, message))
  }

  close(): void {
    this.#client.close()
  }
}

function encoded<Request extends MessageTable>(table: Request, apiVersion: number, message: PartialMessage<Request>) {
  const apiKey = table.apiKey as number
  return {
    apiKey,
    apiVersion,
    requestHeaderVersion: requestHeaderVersion(apiKey, apiVersion),
    responseHeaderVersion: responseHeaderVersion(apiKey, apiVersion),
    body: encodeMessage(table, apiVersion, createMessage(table, message)),
    timeoutMs: 30_000,
  }
}

/** Bytes on a socket, for what no client would send. */
export class RawClient {
  readonly socket: Socket
  readonly closed: Promise<void>
  #received: Buffer[] = []

  constructor(port: number, options: { reads?: boolean } = {}) {
    this.socket = connect(port, '127.0.0.1')
    this.closed = new Promise(resolve => this.socket.once('close', () => resolve()))
    this.socket.on('error', () => {})
    if (options.reads !== false) this.socket.on('data', chunk => this.#received.push(chunk))
  }

  get received(): Buffer {
    return Buffer.concat(this.#received)
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  close(): void {
    this.socket.destroy()
  }
}
