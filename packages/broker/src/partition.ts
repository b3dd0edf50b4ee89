import type { PartitionImage } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { Appended, AppendOrigin, EpochEndOffset, PartitionLog } from '@dorsale/storage'
import { Watchers } from './purgatory.ts'

/** Of DeleteRecords: everything that is committed. */
const placeHighWatermark = -1
/** In place of a leader epoch: the request does not say. Any other number is an epoch, and below 0 none has ever been: FENCED_LEADER_EPOCH. */
const epochNotSaid = -1

/**
 * One partition that this broker replicates: its log, who leads it, and how far the replicas are.
 *
 *     log start <= last stable offset <= high watermark <= log end
 *
 * The high watermark is what every replica in the ISR has. It moves here and nowhere else: when an append is written, and when the ISR changes.
 */
export class Partition {
  readonly topic: string
  readonly topicId: string
  readonly index: number
  /** Undefined: no directory took the log, or the partition was stopped after a bug. */
  #log: PartitionLog | undefined
  #image: PartitionImage
  /** Its topic was deleted: that is what those hear who come late, and not that its disk failed. */
  #isRemoved = false
  readonly #nodeId: number
  /** Fetches that wait for more to read. */
  readonly fetchers = new Watchers()

  constructor(options: {
    topic: string
    topicId: string
    index: number
    nodeId: number
    image: PartitionImage
    log: PartitionLog | undefined
  }) {
    this.topic = options.topic
    this.topicId = options.topicId
    this.index = options.index
    this.#nodeId = options.nodeId
    this.#image = options.image
    this.#log = options.log
    if (this.isLeader) this.#becomeLeader()
  }

  get leaderId(): number {
    return this.#image.leader
  }

  get leaderEpoch(): number {
    return this.#image.leaderEpoch
  }

  /** Grows with each change that the controller makes. */
  get partitionEpoch(): number {
    return this.#image.partitionEpoch
  }

  get isr(): readonly number[] {
    return this.#image.isr
  }

  get isLeader(): boolean {
    return this.#image.leader === this.#nodeId
  }

  /** The log directory in which the metadata has this replica; undefined when it does not say. */
  get assignedDirectoryId(): string | undefined {
    return this.#image.directories[this.#image.replicas.indexOf(this.#nodeId)]
  }

  /** The log, online. Throws KAFKA_STORAGE_ERROR, or UNKNOWN_TOPIC_OR_PARTITION when the topic was deleted. */
  get log(): PartitionLog {
    const log = this.#log
    if (log === undefined || log.offline) throw this.#unavailable()
    return log
  }

  #unavailable(cause?: Error): ProtocolError {
    const code = this.#isRemoved ? errorCodes.UNKNOWN_TOPIC_OR_PARTITION : errorCodes.KAFKA_STORAGE_ERROR
    return new ProtocolError(code, undefined, { cause })
  }

  get isOnline(): boolean {
    return this.#log !== undefined && !this.#log.offline
  }

  /** What the controller decided anew. */
  update(image: PartitionImage): void {
    const before = this.#image
    this.#image = image
    if (this.isLeader && (before.leader !== image.leader || before.leaderEpoch !== image.leaderEpoch))
      this.#becomeLeader()
    else if (this.isLeader) this.#advanceHighWatermark()
    if (before.leaderEpoch !== image.leaderEpoch) this.fetchers.notify(Number.POSITIVE_INFINITY)
  }

  /** Its log lies in another directory now, and goes on there as it was. */
  replaceLog(log: PartitionLog): void {
    this.#log = log
    if (this.isLeader) this.#becomeLeader()
  }

  /** Whether this is its log, and not one that has gone on in another directory since. */
  isServedBy(log: PartitionLog): boolean {
    return this.#log === log
  }

  /** Its topic was deleted. */
  remove(): void {
    this.#isRemoved = true
    this.stop()
  }

  /** It is not ours any more, or must not be touched: whoever waits for it looks again and is told so. */
  stop(): void {
    this.#log = undefined
    this.fetchers.notify(Number.POSITIVE_INFINITY)
  }

  /**
   * Whether a request that takes this replica for the leader, in this epoch (-1: it does not say), is right. Throws NOT_LEADER_OR_FOLLOWER,
   * FENCED_LEADER_EPOCH (the client is behind) or UNKNOWN_LEADER_EPOCH (we are).
   */
  checkLeader(currentLeaderEpoch: number): void {
    if (currentLeaderEpoch !== epochNotSaid) {
      if (currentLeaderEpoch < this.leaderEpoch) throw new ProtocolError(errorCodes.FENCED_LEADER_EPOCH)
      if (currentLeaderEpoch > this.leaderEpoch) throw new ProtocolError(errorCodes.UNKNOWN_LEADER_EPOCH)
    }
    if (!this.isLeader) throw new ProtocolError(errorCodes.NOT_LEADER_OR_FOLLOWER)
  }

  /**
   * Appends validated batches as their leader; `onWritten` is called once, after the high watermark has followed. The ISR being this broker alone,
   * written is all that acks=all can ask for. Throws what `PartitionLog.append` throws, and NOT_LEADER_OR_FOLLOWER.
   */
  append(records: Uint8Array, onWritten: (error: Error | undefined) => void): Appended {
    return this.#append(records, { origin: 'client' }, onWritten)
  }

  /**
   * As `append`, for a coordinator of this broker: its batches have no sequences, and may be markers. `transactionVersion`: of whoever has
   * ended the transaction.
   */
  appendAsCoordinator(
    records: Uint8Array,
    onWritten: (error: Error | undefined) => void,
    { transactionVersion = 0 } = {},
  ): Appended {
    return this.#append(records, { origin: 'coordinator', transactionVersion }, onWritten)
  }

  #append(
    records: Uint8Array,
    options: { origin: AppendOrigin; transactionVersion?: number },
    onWritten: (error: Error | undefined) => void,
  ): Appended {
    this.checkLeader(-1)
    const { log } = this
    return log.append({ records, ...options, leaderEpoch: this.leaderEpoch }, error => {
      if (error === undefined && this.#advanceHighWatermark()) this.fetchers.notify(records.length)
      onWritten(error !== undefined && this.#isRemoved ? this.#unavailable(error) : error)
    })
  }

  /**
   * Moves the start of the log up to `offset` (-1: the high watermark) and answers where it is then. Throws NOT_LEADER_OR_FOLLOWER, POLICY_VIOLATION
   * when the topic's records are only compacted, OFFSET_OUT_OF_RANGE beyond the high watermark.
   */
  deleteRecordsBefore(offset: number): number {
    this.checkLeader(-1)
    const { log } = this
    if (log.config.cleanupCompact && !log.config.cleanupDelete) {
      const text = `cleanup.policy of ${this.topic} is compact alone: its records go by compaction`
      throw new ProtocolError(errorCodes.POLICY_VIOLATION, text)
    }
    const wanted = offset === placeHighWatermark ? log.highWatermark : offset
    if (wanted < 0) throw new ProtocolError(errorCodes.OFFSET_OUT_OF_RANGE)
    log.advanceLogStart(wanted)
    return log.logStartOffset
  }

  /** `min.insync.replicas` cannot ask for more replicas than there are. Throws NOT_ENOUGH_REPLICAS. */
  checkEnoughReplicas(inSyncMin: number): void {
    const wanted = Math.min(inSyncMin, this.#image.replicas.length)
    if (this.isr.length < wanted) {
      const text = `the in-sync replicas of ${this.topic}-${this.index} are ${this.isr.length}, min.insync.replicas asks for ${wanted}`
      throw new ProtocolError(errorCodes.NOT_ENOUGH_REPLICAS, text)
    }
  }

  /** Where readers of this isolation level (1: read_committed) stop. */
  readableEnd(isolationLevel: number): number {
    return isolationLevel === 1 ? this.log.lastStableOffset : this.log.highWatermark
  }

  /** Where the history of an epoch ends; -1 and -1 when the epoch is not known. */
  endOffsetForEpoch(leaderEpoch: number): EpochEndOffset {
    if (leaderEpoch === this.leaderEpoch) return { leaderEpoch, endOffset: this.log.logEndOffset }
    return this.log.endOffsetForEpoch(leaderEpoch)
  }

  #becomeLeader(): void {
    if (!this.isOnline) return
    this.log.assignEpoch(this.leaderEpoch)
    this.#advanceHighWatermark()
  }

  /** True if it moved. Replicas on other brokers have shown nothing yet, so with any of them in the ISR it stays. */
  #advanceHighWatermark(): boolean {
    if (!this.isOnline || this.isr.some(id => id !== this.#nodeId)) return false
    return this.log.advanceHighWatermark(this.log.logEndOffset)
  }
}
