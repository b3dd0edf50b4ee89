/** A real broker inside the process of a test. */
import { DorsaleError, type Logger, MemoryDisk, silentLogger } from '@dorsale/base'
import { type Broker, type BrokerConfig, formatTarget, loadBrokerConfig, startBroker } from '@dorsale/broker'
import {
  type Admin,
  type ClientWorld,
  createAdmin,
  createConsumer,
  createProducer,
  type NewTopic,
  type Payload,
  type Producer,
  type RecordMetadata,
} from '@dorsale/client'
import { formatStorage } from '@dorsale/raft'
import { type MortalWorld, mortalWorld } from './mortal/mortal-world.ts'
import { realDisk, realOffload, realWorld, type TemporaryDirectory, temporaryDirectory } from './real-world.ts'
import { ReceivedRecord } from './received-record.ts'

/** What `startTestBroker` may be told. */
export interface TestBrokerOptions {
  /** Topics that are there before the broker is handed out: names, or more. */
  readonly topics?: readonly (string | NewTopic)[]
  /** Server properties by Kafka's names, over those of a single node: `{ 'auto.create.topics.enable': 'false' }`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /**
   * Settings of a client, for `admin`, `produce` and `records`, where the first listener asks who they are: `{ 'security.protocol': 'SASL_PLAINTEXT', ... }`. Certificates
   * and keys of a broker in memory stand in `settings` (`ssl.keystore.key`, `ssl.keystore.certificate.chain`). Default: none.
   */
  readonly clientSettings?: Readonly<Record<string, string>>
  /** Where the data is. `memory` (default): in this process; `disk`: in a temporary directory; either is gone after `stop`. */
  readonly storage?: 'memory' | 'disk'
  /** What all logs together may hold in memory; at the bound the broker's disk is full. Default 512 MiB. */
  readonly memoryBytesMax?: number
  /** Default 0: a free port, which the broker keeps when it is started again. */
  readonly port?: number
  /** Is told what the broker says. Default: nobody is. */
  readonly logger?: Logger
}

/** A record to produce: its value, or more. */
export type TestRecord =
  | Payload
  | {
      readonly key?: Payload | null
      /** Null, or nothing, is a tombstone. */
      readonly value?: Payload | null
      readonly headers?: Readonly<Record<string, Payload | null>>
      readonly partition?: number
      /** Milliseconds since 1970. Default: now. */
      readonly timestamp?: number
    }

/** Which records, and how long to wait for them. */
export interface RecordsOptions {
  /** How many records to wait for. Default: those that are there. */
  readonly count?: number
  /** How long to wait for them. Default 10 s. */
  readonly timeoutMs?: number
}

const timeoutMsDefault = 10_000
const memoryBytesMaxDefault = 512 * 1024 * 1024
const memoryRoot = '/dorsale'

/**
 * Starts a broker; resolves when it answers and its topics are there, some milliseconds later. Rejects with a `DorsaleError` that names every problem
 * of the settings, and for whatever else keeps a broker from starting.
 *
 * ```ts
 * await using broker = await startTestBroker({ topics: ['orders'] })
 * const app = await startMyApplication({ brokers: broker.bootstrapServers })
 * await broker.produce('orders', [{ key: '42', value: 'paid' }])
 * const [shipment] = await broker.records('shipments', { count: 1 })
 * ```
 */
export async function startTestBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const broker = new TestBroker(options)
  try {
    await broker.start()
    await broker.createTopics(options.topics ?? [])
  } catch (error) {
    await broker.stop()
    throw error
  }
  return broker
}

/** See `startTestBroker`. */
export class TestBroker implements AsyncDisposable {
  readonly #options: TestBrokerOptions
  readonly #world = realWorld()
  readonly #clientWorld: ClientWorld
  readonly #directory: TemporaryDirectory | undefined
  /** The disk of a broker in memory: its `capacity` and `onCall` are there for tests of what happens when it is full or fails. */
  readonly memory: MemoryDisk | undefined
  #port: number
  #listeners: Broker['listeners'] = []
  #life: { readonly broker: Broker; readonly world: MortalWorld; release(): Promise<void> } | undefined
  #fatal: Error | undefined
  #isOver = false
  #admin: Admin | undefined
  #producer: Producer | undefined

  constructor(options: TestBrokerOptions) {
    this.#options = options
    this.#port = options.port ?? 0
    this.#clientWorld = { ...this.#world, logger: silentLogger }
    const { clock } = this.#world
    if (options.storage === 'disk') this.#directory = temporaryDirectory()
    else {
      const capacity = options.memoryBytesMax ?? memoryBytesMaxDefault
      this.memory = new MemoryDisk({ capacity, now: () => clock.now() })
    }
  }

  /** For any Kafka client, on this machine alone: `127.0.0.1:49213`. It stays the same when the broker is started again. */
  get bootstrapServers(): string {
    return `127.0.0.1:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  /** All listeners of clients, by their names in `settings.listeners`; the first is `bootstrapServers`. They stay the same when the broker is started again. */
  get listeners(): Broker['listeners'] {
    return this.#listeners
  }

  get clusterId(): string {
    return this.#running.broker.clusterId
  }

  get isRunning(): boolean {
    return this.#life !== undefined
  }

  /** Why the broker died by itself: its disk failed. */
  get fatalError(): Error | undefined {
    return this.#fatal
  }

  /** An admin client of this broker, closed with it. */
  get admin(): Admin {
    this.#admin ??= createAdmin({ world: this.#clientWorld, settings: this.#clientSettings })
    return this.#admin
  }

  async createTopics(topics: readonly (string | NewTopic)[]): Promise<void> {
    if (topics.length === 0) return
    await this.admin.createTopics(topics.map(topic => (typeof topic === 'string' ? { name: topic } : topic)))
  }

  /** Writes records; resolves, with where each went, when the broker has acknowledged all of them. */
  async produce(topic: string, records: readonly TestRecord[]): Promise<RecordMetadata[]> {
    this.#producer ??= createProducer({
      world: this.#clientWorld,
      settings: this.#clientSettings,
    })
    const producer = this.#producer
    return Promise.all(records.map(record => producer.send({ topic, ...sendable(record) })))
  }

  /**
   * Reads a topic from its beginning, partition by partition in any order: what is there now, or as soon as `count` records are. What else is in the
   * topic then is not read. Rejects with `DORSALE_TIMEOUT` when fewer come.
   */
  async records(topic: string, options: RecordsOptions = {}): Promise<ReceivedRecord[]> {
    const { count, timeoutMs = timeoutMsDefault } = options
    const consumer = createConsumer({
      world: this.#clientWorld,
      settings: {
        ...this.#clientSettings,
        'auto.offset.reset': 'earliest',
        'isolation.level': 'read_committed',
        'default.api.timeout.ms': timeoutMs,
      },
    })
    const endMs = this.#world.clock.monotonic() + timeoutMs
    const received: ReceivedRecord[] = []
    try {
      const partitions = await consumer.partitionsFor(topic)
      const ends = count === undefined ? await consumer.endOffsets(partitions) : []
      const isDone = async () => {
        if (count !== undefined) return received.length >= count
        for (const end of ends) if (end.offset > 0 && (await consumer.position(end)) < end.offset) return false
        return true
      }
      consumer.assign(partitions)
      while (!(await isDone())) {
        const leftMs = endMs - this.#world.clock.monotonic()
        const chunk = leftMs > 0 ? await consumer.poll({ timeoutMs: leftMs }) : undefined
        if (chunk === undefined) throw tooFew({ topic, timeoutMs, count, received: received.length })
        for (const record of chunk) received.push(new ReceivedRecord(record))
      }
    } finally {
      await consumer.close()
    }
    return received.slice(0, count)
  }

  /** Starts the broker again, after `kill` or `shutdown`, on what it left and on the same port. */
  async start(): Promise<void> {
    if (this.#life !== undefined) return
    if (this.#isOver) throw gone()
    this.#fatal = undefined
    const { memory } = this
    const config = this.#config()
    const offload = realOffload()
    const world = mortalWorld({
      ...this.#world,
      disk: memory ?? realDisk,
      offload,
      logger: this.#options.logger ?? silentLogger,
    })
    const release = () => {
      world.kill()
      return offload.close()
    }
    try {
      formatStorage({ ...world, ...formatTarget(config), ignoreFormatted: true })
      const broker = await startBroker({ ...world, fetch: this.#world.fetch, config })
      this.#port = broker.listeners[0]?.port ?? this.#port
      this.#listeners = broker.listeners
      const life = { broker, world, release }
      this.#life = life
      broker.onFatal(error => {
        // A process would exit, and the kernel do the rest.
        this.#fatal = error
        if (this.#life === life) this.#life = undefined
        void release()
      })
    } catch (error) {
      await release()
      throw error
    }
  }

  /** SIGKILL: no goodbye to clients, no flush, no clean shutdown; what was acknowledged stays. `start` recovers it. */
  async kill(): Promise<void> {
    const life = this.#life
    this.#life = undefined
    await life?.release()
  }

  /** A clean stop, as by SIGTERM. The data stays for `start`. */
  async shutdown(): Promise<void> {
    const life = this.#life
    this.#life = undefined
    await life?.broker.stop()
    await life?.release()
  }

  /** A clean stop and a start. */
  async restart(): Promise<void> {
    await this.shutdown()
    await this.start()
  }

  /** Ends the broker, its clients and its data. Idempotent; `await using` calls it. */
  async stop(): Promise<void> {
    this.#isOver = true
    await this.#admin?.close()
    await this.#producer?.close({ timeoutMs: 0 })
    this.#admin = undefined
    this.#producer = undefined
    await this.shutdown()
    this.#directory?.remove()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  get #running() {
    if (this.#life === undefined) throw gone()
    return this.#life
  }

  get #clientSettings(): Readonly<Record<string, string>> {
    return { ...this.#options.clientSettings, 'bootstrap.servers': this.bootstrapServers }
  }

  #config(): BrokerConfig {
    const overrides = new Map(Object.entries(this.#options.settings ?? {}).map(([key, value]) => [key, String(value)]))
    const listeners = overrides.get('listeners')
    if (listeners !== undefined) overrides.set('listeners', withPorts(listeners, this.#listeners))
    const loaded = loadBrokerConfig({
      dataDirectory: this.#directory?.path ?? memoryRoot,
      port: this.#port,
      overrides,
    })
    if ('config' in loaded) return loaded.config
    throw new DorsaleError('DORSALE_CONFIG', loaded.problems.map(({ message }) => message).join(' '))
  }
}

/** The listeners as they are set, with the ports that were found free the last time. */
function withPorts(text: string, bound: Broker['listeners']): string {
  return text.replaceAll(/([^,:\s]+):\/\/([^,]*):0(?=\s*(?:,|$))/g, (whole, name: string, host: string) => {
    const port = bound.find(listener => listener.name === name.toUpperCase())?.port
    return port === undefined ? whole : `${name}://${host}:${port}`
  })
}

function sendable(record: TestRecord) {
  if (typeof record === 'string' || record instanceof Uint8Array) return { value: record }
  const headers = Object.entries(record.headers ?? {}).map(([key, value]) => ({ key, value }))
  return { ...record, headers }
}

function gone(): DorsaleError {
  return new DorsaleError('DORSALE_CLOSED', 'the test broker is not running')
}

function tooFew(what: { topic: string; timeoutMs: number; count: number | undefined; received: number }): DorsaleError {
  const { topic, timeoutMs, count, received } = what
  const due = count === undefined ? 'the records that are there' : `${count} records`
  return new DorsaleError(
    'DORSALE_TIMEOUT',
    `${due} of ${topic} were not read within ${timeoutMs} ms: ${received} came`,
  )
}
