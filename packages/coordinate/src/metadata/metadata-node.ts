import type { Clock, DorsaleError, Logger, Prng } from '@dorsale/base'
import type { MetadataRecord } from '@dorsale/protocol'
import type { ConfigTable } from '../controller/config-table.ts'
import type { Controller } from '../controller/controller.ts'
import type { ControllerResult } from '../controller/result.ts'
import type { ControllerConfig } from '../controller/types.ts'
import type { MetadataDelta, MetadataImage } from './image.ts'

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
