import type { Clock, Logger, Prng, Timer } from '@dorsale/base'
import type { EndpointImage, FeatureRange, MetadataNode } from '@dorsale/coordinate'
import {
  type BrokerHeartbeatResponse,
  brokerHeartbeatRequest,
  brokerRegistrationRequest,
  createMessage,
  uuidFromBytes,
} from '@dorsale/protocol'

export interface LifecycleOptions {
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  readonly metadata: MetadataNode
  readonly nodeId: number
  readonly clusterId: string
  readonly rack: string | null
  readonly features: readonly FeatureRange[]
  /** Ids of the log directories that are online at start. */
  readonly directoryIds: readonly string[]
  /** Ids of the log directories that take no new replicas now. */
  readonly cordonedDirectoryIds: () => readonly string[]
  /** Epoch under which this broker stopped in good order; -1 when it did not, so that the controller trusts nothing it had not synced. */
  readonly previousBrokerEpoch: number
  /** `broker.heartbeat.interval.ms` */
  readonly heartbeatMs: number
}

/**
 * The broker's standing with the controller, spoken in Kafka's messages: it registers (and is fenced), tells by heartbeats how much metadata it has
 * seen, is unfenced when that covers its registration, and leaves by asking for a controlled shutdown.
 *
 * The controller is reached in this process; when it moves to another, `submit` becomes a request and nothing else changes.
 */
export class Lifecycle {
  readonly #options: LifecycleOptions
  #epoch = -1
  #timer: Timer | undefined
  #offlineDirectories: string[] = []
  /** What the controller was told last. */
  #cordoned: readonly string[] = []
  #isStopping = false

  constructor(options: LifecycleOptions) {
    this.#options = options
  }

  /** Epoch of this registration; -1 before. */
  get epoch(): number {
    return this.#epoch
  }

  /** Registers this incarnation and resolves when the broker is unfenced: alive for the whole cluster. */
  async start(endpoints: readonly EndpointImage[]): Promise<void> {
    const { metadata, prng, nodeId, clusterId, rack, features, directoryIds, previousBrokerEpoch } = this.#options
    const request = createMessage(brokerRegistrationRequest, {
      brokerId: nodeId,
      clusterId,
      incarnationId: uuidFromBytes(prng.bytes(16)),
      listeners: endpoints.map(endpoint => ({ ...endpoint })),
      features: features.map(feature => ({ ...feature })),
      rack,
      logDirs: [...directoryIds],
      previousBrokerEpoch,
    })
    const { brokerEpoch } = await metadata.submit((controller, now) => controller.registerBroker(request, now))
    this.#epoch = brokerEpoch
    while ((await this.#heartbeat({ wantShutDown: false })).isFenced) {
      // Unfenced by a later heartbeat: it has not seen its own registration yet.
    }
    this.#scheduleNext()
  }

  /** A log directory is gone: the controller moves the leadership of what it held. */
  directoryOffline(directoryId: string): void {
    this.#offlineDirectories.push(directoryId)
    if (this.#epoch >= 0 && !this.#isStopping) this.#beat()
  }

  /** The settings may have changed: the controller hears at once if other directories are cordoned now. */
  settingsChanged(): void {
    const cordoned = this.#options.cordonedDirectoryIds()
    if (this.#epoch >= 0 && !this.#isStopping && cordoned.join() !== this.#cordoned.join()) this.#beat()
  }

  /** Controlled shutdown: hands over what it leads, as far as there is anybody to take it, and is fenced. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#timer?.cancel()
    if (this.#epoch < 0) return
    for (let attempt = 0; attempt < shutdownHeartbeatsMax; attempt++) {
      const { shouldShutDown } = await this.#heartbeat({ wantShutDown: true })
      if (shouldShutDown) return
    }
    this.#options.logger.warn('no other broker could take what this one leads; stopping all the same')
  }

  async #heartbeat({ wantShutDown }: { wantShutDown: boolean }): Promise<BrokerHeartbeatResponse> {
    const { metadata, nodeId, cordonedDirectoryIds } = this.#options
    this.#cordoned = cordonedDirectoryIds()
    const request = createMessage(brokerHeartbeatRequest, {
      brokerId: nodeId,
      brokerEpoch: this.#epoch,
      currentMetadataOffset: metadata.image.offset,
      wantFence: false,
      wantShutDown,
      offlineLogDirs: [...this.#offlineDirectories],
      cordonedLogDirs: [...this.#cordoned],
    })
    return await metadata.submit((controller, now) => controller.brokerHeartbeat(request, now))
  }

  #scheduleNext(): void {
    this.#timer = this.#options.clock.setTimer(this.#options.heartbeatMs, () => this.#beat())
  }

  #beat(): void {
    this.#timer?.cancel()
    this.#heartbeat({ wantShutDown: false }).then(
      () => this.#goOn(),
      error => {
        this.#options.logger.warn('a heartbeat to the controller failed; the next one follows', { error })
        this.#goOn()
      },
    )
  }

  #goOn(): void {
    if (!this.#isStopping) this.#scheduleNext()
  }
}

const shutdownHeartbeatsMax = 3
