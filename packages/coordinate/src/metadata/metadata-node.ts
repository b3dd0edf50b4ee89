import { assert, type Clock, type DorsaleError, type Logger, type Prng, type Timer } from '@dorsale/base'
import { errorCodes, type MetadataRecord, metadataRecord, ProtocolError, randomUuid } from '@dorsale/protocol'
import { BrokerSessions } from '../controller/broker-sessions.ts'
import type { ConfigTable } from '../controller/config-table.ts'
import { Controller } from '../controller/controller.ts'
import type { ControllerResult } from '../controller/result.ts'
import type { ControllerConfig } from '../controller/types.ts'
import type { MetadataDelta, MetadataImage } from './image.ts'
import { imageRecords } from './image-records.ts'
import { MetadataState } from './state.ts'

/**
 * A node's share of the cluster metadata: the committed image that handlers read, and, while this node leads the quorum, the active
 * controller that decides changes. It is the listener above the replicated log; give it to `openRaft` of `@dorsale/raft`:
 *
 * ```ts
 * const metadata = createMetadataNode({ clusterId, config, configTable, clock, prng, logger, onHalt })
 * const raft = await openRaft({ ..., serde: metadataRecordSerde, listener: metadata.listener })
 * const reply = await metadata.submit((controller, now) => controller.createTopics(request, now))
 * ```
 */
export interface MetadataNode {
  /** Committed metadata. Always the same object; what it answers moves with the log. */
  readonly image: MetadataImage
  readonly clusterId: string
  /** Node id of the active controller; -1 while unknown. */
  readonly controllerId: number
  /** For the replicated log. */
  readonly listener: ReplicatedLogListener
  /** Called after each committed batch has been applied to the image, before the replies that waited for it. */
  subscribe(subscriber: (delta: MetadataDelta, image: MetadataImage) => void): void
  /**
   * Runs one operation on the active controller: its records are appended and replayed at once, its reply comes when they are
   * committed and published. Rejects with a `ProtocolError` NOT_CONTROLLER when this node does not lead, and with the operation's own
   * `ProtocolError`.
   */
  submit<Reply>(operation: (controller: Controller, now: number) => ControllerResult<Reply>): Promise<Reply>
  /** Stops timers; submissions reject from now on. Close it before the log. */
  close(): void
}

export interface MetadataNodeOptions {
  readonly clusterId: string
  readonly config: ControllerConfig
  readonly configTable: ConfigTable
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  /** The metadata log failed; the process must stop with exit 1 (D9). */
  readonly onHalt: (error: DorsaleError) => void
}

/** The part of `RaftNode` that the active controller uses. */
export interface ReplicatedLog {
  append(records: readonly MetadataRecord[]): {
    readonly baseOffset: number
    readonly lastOffset: number
    readonly committed: Promise<void>
  }
}

/** `RaftListener<MetadataRecord>`, in the words of this floor. */
export interface ReplicatedLogListener {
  onBootstrap(records: readonly MetadataRecord[]): void
  onSnapshot(snapshot: {
    readonly id: { readonly endOffset: number; readonly epoch: number }
    readonly records: Iterable<MetadataRecord>
  }): void
  onCommit(batch: {
    readonly baseOffset: number
    readonly lastOffset: number
    readonly epoch: number
    readonly records: readonly MetadataRecord[]
  }): void
  onLeaderChange(leader: { readonly leaderId: number; readonly epoch: number }, log: ReplicatedLog | undefined): void
  snapshotRecords(): Iterable<MetadataRecord> | undefined
  onHalt(error: DorsaleError): void
}

/** Makes the node; nothing happens before the log calls its listener. */
export function createMetadataNode(options: MetadataNodeOptions): MetadataNode {
  return new Node(options)
}

/** What the active controller has while this node leads. */
interface Active {
  readonly log: ReplicatedLog
  readonly epoch: number
  /** Metadata with everything appended, committed or not. */
  readonly metadata: MetadataState
  readonly controller: Controller
  /** Of the latest append: all before it are committed when it is. */
  lastCommit: Promise<void>
  appendsSinceTick: number
}

/** How often silent brokers are looked for. */
const sessionCheckMs = 1000

class Node implements MetadataNode {
  readonly clusterId: string
  readonly listener: ReplicatedLogListener
  readonly #options: MetadataNodeOptions
  readonly #committed = new MetadataState()
  readonly #subscribers: ((delta: MetadataDelta, image: MetadataImage) => void)[] = []
  readonly #incarnationId: string
  #controllerId = -1
  #bootstrap: readonly MetadataRecord[] = []
  #active: Active | undefined
  #idleTimer: Timer | undefined
  #sessionTimer: Timer | undefined
  #closed = false

  constructor(options: MetadataNodeOptions) {
    this.#options = options
    this.clusterId = options.clusterId
    this.#incarnationId = randomUuid(options.prng)
    this.listener = {
      onBootstrap: records => {
        this.#bootstrap = records
      },
      onSnapshot: snapshot => this.#loadSnapshot(snapshot.records, snapshot.id),
      onCommit: batch => {
        this.#committed.replayBatch(batch.records, batch.lastOffset, batch.epoch)
        this.#publish(false)
      },
      onLeaderChange: (leader, log) => this.#changeLeader(leader, log),
      snapshotRecords: () => (this.#committed.inTransaction ? undefined : imageRecords(this.#committed)),
      onHalt: error => {
        this.#stepDown()
        options.onHalt(error)
      },
    }
  }

  get image(): MetadataImage {
    return this.#committed
  }

  get controllerId(): number {
    return this.#controllerId
  }

  subscribe(subscriber: (delta: MetadataDelta, image: MetadataImage) => void): void {
    this.#subscribers.push(subscriber)
  }

  async submit<Reply>(operation: (controller: Controller, now: number) => ControllerResult<Reply>): Promise<Reply> {
    const active = this.#active
    if (active === undefined || this.#closed) {
      throw new ProtocolError(errorCodes.NOT_CONTROLLER, 'This is not the active controller.')
    }
    const { records, reply } = operation(active.controller, this.#options.clock.monotonic())
    // Without records the reply still rests on what was appended before it, and must not be heard if that is lost.
    if (records.length === 0) await active.lastCommit
    else await this.#append(active, records)
    return reply
  }

  close(): void {
    this.#closed = true
    this.#stepDown()
  }

  #append(active: Active, records: readonly MetadataRecord[]): Promise<void> {
    const { baseOffset, lastOffset, committed } = active.log.append(records)
    assert(baseOffset === active.metadata.offset + 1, 'nobody else appends to the log of the active controller')
    // At once: the next request stands on these records whether or not they are committed by then.
    active.metadata.replayBatch(records, lastOffset, active.epoch)
    active.metadata.takeDelta()
    active.lastCommit = committed
    active.appendsSinceTick++
    return committed
  }

  #loadSnapshot(records: Iterable<MetadataRecord>, id: { readonly endOffset: number; readonly epoch: number }): void {
    this.#committed.clear()
    for (const record of records) this.#committed.replay(record)
    this.#committed.offset = id.endOffset - 1
    this.#committed.epoch = id.epoch
    this.#publish(true)
  }

  #publish(fromSnapshot: boolean): void {
    const delta = this.#committed.takeDelta(fromSnapshot)
    for (const subscriber of this.#subscribers) subscriber(delta, this.#committed)
  }

  #changeLeader(leader: { readonly leaderId: number; readonly epoch: number }, log: ReplicatedLog | undefined): void {
    this.#stepDown()
    this.#controllerId = leader.leaderId
    if (log !== undefined && !this.#closed) this.#activate(log, leader.epoch)
  }

  #activate(log: ReplicatedLog, epoch: number): void {
    const { clusterId, config, configTable, prng, logger } = this.#options
    const metadata = this.#committed.copy()
    const sessions = new BrokerSessions(config.brokerSessionTimeoutMs)
    const now = this.#options.clock.monotonic()
    for (const broker of metadata.brokers.values()) {
      sessions.touch(broker.id, { epoch: broker.epoch, metadataOffset: -1 }, now)
    }
    const controller = new Controller({ clusterId, metadata, config, configTable, prng, sessions })
    const active = { log, epoch, metadata, controller, lastCommit: Promise.resolve(), appendsSinceTick: 0 }
    this.#active = active
    logger.info('active controller', { epoch })
    // Whoever began it is gone, and only its own records could end it.
    if (metadata.inTransaction) this.#start(active, controller.abortTransaction().records)
    if (metadata.metadataVersion === 0) this.#start(active, controller.bootstrap(this.#bootstrap).records)
    this.#start(
      active,
      controller.registerController({
        controllerId: config.nodeId,
        incarnationId: this.#incarnationId,
        zkMigrationReady: false,
        listeners: config.endpoints.map(endpoint => ({ ...endpoint })),
        features: config.supportedFeatures.map(feature => ({ ...feature })),
      }).records,
    )
    this.#scheduleIdle(active)
    this.#scheduleSessions(active)
  }

  /** Appends what nobody waits for. A failure is the log's to report: it halts. */
  #start(active: Active, records: readonly MetadataRecord[]): void {
    if (records.length > 0) this.#append(active, records).catch(ignoreHalt)
  }

  #stepDown(): void {
    this.#active = undefined
    this.#idleTimer?.cancel()
    this.#sessionTimer?.cancel()
  }

  /** An idle log gets a record now and then, so that whoever follows it can tell silence from being cut off. */
  #scheduleIdle(active: Active): void {
    const { idleIntervalMs } = this.#options.config
    if (idleIntervalMs <= 0) return
    this.#idleTimer = this.#options.clock.setTimer(idleIntervalMs, () => {
      if (this.#active !== active) return
      if (active.appendsSinceTick === 0) this.#start(active, [metadataRecord('NoOpRecord', 0, {})])
      active.appendsSinceTick = 0
      this.#scheduleIdle(active)
    })
  }

  #scheduleSessions(active: Active): void {
    this.#sessionTimer = this.#options.clock.setTimer(sessionCheckMs, () => {
      if (this.#active !== active) return
      const { records, reply } = active.controller.fenceStaleBroker(this.#options.clock.monotonic())
      if (reply !== undefined) this.#options.logger.warn('broker fenced: its session is over', { brokerId: reply })
      this.#start(active, records)
      this.#scheduleSessions(active)
    })
  }
}

/** The log has told its listener already. */
function ignoreHalt(): void {}
