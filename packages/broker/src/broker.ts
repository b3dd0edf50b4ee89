import type { Clock, Disk, Logger, LogLevels, MemoryUse, Net, Offload, Prng } from '@dorsale/base'
import type { BoundListener } from '@dorsale/transport'
import type { BrokerConfig } from './config/index.ts'
import type { TelemetryReceiver } from './telemetry/receiver.ts'

/** The world a broker lives in, and what it is to be. */
export interface BrokerOptions {
  readonly clock: Clock
  readonly prng: Prng
  readonly disk: Disk
  readonly net: Net
  readonly offload: Offload
  readonly logger: Logger
  /** What BROKER_LOGGER resources show and change. Default: there are none. */
  readonly logLevels?: LogLevels | undefined
  /** Takes the metrics that clients push (KIP-714). Default: none, and clients are not asked for any. */
  readonly telemetryReceiver?: TelemetryReceiver | undefined
  /** As browsers and Node have it, for the keys of who issues tokens (`sasl.oauthbearer.jwks.endpoint.url`). Default: none, and such keys come from files. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Whether the controller's listeners are opened, for clients that ask controllers (KIP-919). Default: they are only named, as nobody else votes. */
  readonly opensControllerListeners?: boolean
  /**
   * Kafka's configuration, parsed and checked. Its `log.dirs` (and `metadata.log.dir`) are formatted directories: see `formatStorage` of
   * `@dorsale/raft`.
   */
  readonly config: BrokerConfig
}

/** A node that serves: broker and controller in one, on the caller's thread. */
export interface Broker {
  readonly nodeId: number
  readonly clusterId: string
  /** Client listeners as they were bound: the real ports, where the configuration said 0. */
  readonly listeners: readonly BoundListener[]
  /** The controller's listeners as they were bound; none unless `opensControllerListeners`. */
  readonly controllerListeners: readonly BoundListener[]
  /**
   * Calls back once when the broker cannot go on (the metadata log or the last log directory failed, D9): the process must exit with 1
   * without a clean stop. Called at once if it has happened already.
   */
  onFatal(callback: (error: Error) => void): void
  /** What it keeps in memory for others at this moment, each with its bound. Nothing before it serves and after. */
  memoryUse(): readonly MemoryUse[]
  /** Answers what is open, leaves the cluster in order, closes the logs cleanly. Idempotent. */
  stop(): Promise<void>
}
