import type { Logger } from '@dorsale/base'
import { type ErrorCode, errorCodes, ProtocolError } from '@dorsale/protocol'
import type { CoordinatorShard, RecordOrigin, ShardTimers } from '../shard/coordinator-shard.ts'
import type { Replier, Step } from '../shard/step.ts'
import {
  type SharePartitionKey,
  type ShareStateRecord,
  sharePartitionText,
  snapshotRecord,
  tombstoneRecord,
  updateRecord,
} from './share-state-records.ts'
import { combineStateBatches, type StateBatch } from './state-batches.ts'

export type ShareStateStep = Step<ShareStateRecord>

export interface ShareStateConfig {
  /** `share.coordinator.snapshot.update.records.per.snapshot`: so many updates, then a snapshot. */
  readonly updatesPerSnapshot: number
  /** `share.coordinator.cold.partition.snapshot.interval.ms`. */
  readonly coldSnapshotIntervalMs: number
}

export interface ShareStateContext {
  readonly config: ShareStateConfig
  readonly timers: ShardTimers<ShareStateRecord>
  readonly logger: Logger
  /** Whether the cluster has this partition. */
  hasPartition(topicId: string, partition: number): boolean
}

/** What the coordinator tells of a share partition's state. */
export interface ShareState {
  /** Grows when an administrator moves the start. */
  readonly stateEpoch: number
  /** Of the last leader that has read or written it. */
  readonly leaderEpoch: number
  /** -1: the group has not begun, and `share.auto.offset.reset` decides where. */
  readonly startOffset: number
  /** Records from the start on that are done with; -1: unknown. */
  readonly deliveryCompleteCount: number
  readonly stateBatches: readonly StateBatch[]
}

/** As the leader of the partition writes it. */
export interface ShareStateWrite extends ShareState {
  /** What has changed, or more. */
  readonly stateBatches: readonly StateBatch[]
}

/** A state that nobody has written yet, as its summary tells it. */
const noState: ShareState = {
  stateEpoch: 0,
  leaderEpoch: 0,
  startOffset: -1,
  deliveryCompleteCount: -1,
  stateBatches: [],
}

/** Hard state of one share partition. */
interface Entry {
  readonly key: SharePartitionKey
  state: ShareState
  snapshotEpoch: number
  /** Of the last snapshot, and of the one before it if that was made because nothing else came. */
  createTimestampMs: number
  writeTimestampMs: number
  /** The greatest that were seen: older ones are fenced. */
  leaderEpochMax: number
  stateEpochMax: number
  updateCount: number
  /** Where the last snapshot lies: what is before it in the log says nothing any more of this key. */
  snapshotOffset: number
}

/**
 * The states of share partitions that one partition of `__share_group_state` keeps (KIP-932). The broker that leads a share partition reads its state when it begins, and
 * writes what consumers have done; whoever has been succeeded is fenced by leader epoch, and by state epoch when the group was set back.
 *
 * Methods throw a `ProtocolError` when the request fails; answers leave when what they tell of is in the log.
 */
export class ShareStateShard implements CoordinatorShard<ShareStateRecord> {
  readonly #context: ShareStateContext
  readonly #entries = new Map<string, Entry>()
  /** Of the last record that was replayed. */
  #lastOffset = -1

  constructor(context: ShareStateContext) {
    this.#context = context
  }

  /** Creates the state, or begins it anew. Throws INVALID_REQUEST, FENCED_STATE_EPOCH, UNKNOWN_TOPIC_OR_PARTITION. */
  initialize(
    step: ShareStateStep,
    key: SharePartitionKey,
    { stateEpoch, startOffset }: { readonly stateEpoch: number; readonly startOffset: number },
    replier: Replier<void>,
  ): void {
    checkNotNegative('partition', key.partition)
    checkNotNegative('state epoch', stateEpoch)
    const entry = this.#find(key)
    if (entry !== undefined) checkEpoch('state epoch', stateEpoch, entry.stateEpochMax, errorCodes.FENCED_STATE_EPOCH)
    this.#checkPartition(key)
    step.append(
      snapshotRecord(key, {
        snapshotEpoch: entry === undefined ? 0 : entry.snapshotEpoch + 1,
        stateEpoch,
        leaderEpoch: 0,
        startOffset,
        deliveryCompleteCount: startOffset === -1 ? -1 : 0,
        createTimestamp: step.now,
        writeTimestamp: step.now,
      }),
    )
    step.answer(replier, undefined)
  }

  /**
   * What the leader of the partition begins with; a leader of a new epoch fences those before it. Throws INVALID_REQUEST, also when there is no state,
   * FENCED_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION.
   */
  read(step: ShareStateStep, key: SharePartitionKey, leaderEpoch: number, replier: Replier<ShareState>): void {
    checkNotNegative('partition', key.partition)
    checkNotNegative('leader epoch', leaderEpoch)
    const entry = this.#findOrThrow(key)
    checkEpoch('leader epoch', leaderEpoch, entry.leaderEpochMax, errorCodes.FENCED_LEADER_EPOCH)
    this.#checkPartition(key)
    if (leaderEpoch !== entry.leaderEpochMax) {
      step.append(this.#writeRecord(step, entry, { ...entry.state, leaderEpoch, stateBatches: [] }))
    }
    step.answer(replier, entry.state)
  }

  /**
   * Records what has changed. Throws INVALID_REQUEST, also when there is no state, FENCED_LEADER_EPOCH, FENCED_STATE_EPOCH, UNKNOWN_TOPIC_OR_PARTITION.
   */
  write(step: ShareStateStep, key: SharePartitionKey, write: ShareStateWrite, replier: Replier<void>): void {
    checkNotNegative('partition', key.partition)
    checkNotNegative('leader epoch', write.leaderEpoch)
    checkNotNegative('state epoch', write.stateEpoch)
    const entry = this.#findOrThrow(key)
    checkEpoch('leader epoch', write.leaderEpoch, entry.leaderEpochMax, errorCodes.FENCED_LEADER_EPOCH)
    checkEpoch('state epoch', write.stateEpoch, entry.stateEpochMax, errorCodes.FENCED_STATE_EPOCH)
    this.#checkPartition(key)
    // Of the leader epoch only `read` says that it has changed.
    step.append(this.#writeRecord(step, entry, { ...write, leaderEpoch: entry.state.leaderEpoch }))
    step.answer(replier, undefined)
  }

  /** How far the group is; a state that does not exist has not begun. Throws INVALID_REQUEST, UNKNOWN_TOPIC_OR_PARTITION. */
  readSummary(step: ShareStateStep, key: SharePartitionKey, replier: Replier<ShareState>): void {
    checkNotNegative('partition', key.partition)
    this.#checkPartition(key)
    step.answer(replier, this.#find(key)?.state ?? noState)
  }

  /** Deletes the state, if there is one. Throws INVALID_REQUEST, UNKNOWN_TOPIC_OR_PARTITION. */
  delete(step: ShareStateStep, key: SharePartitionKey, replier: Replier<void>): void {
    checkNotNegative('partition', key.partition)
    this.#checkPartition(key)
    if (this.#find(key) !== undefined) step.append(tombstoneRecord(key))
    step.answer(replier, undefined)
  }

  /** Answers the offset before which the log says nothing that counts any more; records up to there may go. */
  redundantBefore(step: ShareStateStep, replier: Replier<number>): void {
    let offset = this.#lastOffset
    for (const { snapshotOffset } of this.#entries.values()) offset = Math.min(offset, snapshotOffset)
    step.answer(replier, Math.max(offset, 0))
  }

  replay(record: ShareStateRecord, { offset }: RecordOrigin): void {
    this.#lastOffset = offset
    if (record.type === 'snapshot') this.#replaySnapshot(record, record.value, offset)
    else if (record.value !== null) this.#replayUpdate(record, record.value, offset)
  }

  endTransaction(): void {
    // Nobody writes to this topic inside a transaction.
  }

  topicsDeleted(step: ShareStateStep, topics: readonly { readonly id: string }[]): void {
    step.isDivisible = true
    const ids = new Set(topics.map(({ id }) => id))
    for (const { key } of this.#entries.values()) if (ids.has(key.topicId)) step.append(tombstoneRecord(key))
  }

  onLoaded(): void {
    this.#snapshotColdLater()
  }

  unload(): void {
    // Nothing is parked here.
  }

  #replaySnapshot(
    key: SharePartitionKey,
    value: Extract<ShareStateRecord, { type: 'snapshot' }>['value'],
    offset: number,
  ): void {
    const text = sharePartitionText(key)
    if (value === null) {
      this.#entries.delete(text)
      return
    }
    const { stateEpoch, leaderEpoch, startOffset, deliveryCompleteCount, stateBatches } = value
    const entry = this.#entryOf(key, offset)
    entry.state = { stateEpoch, leaderEpoch, startOffset, deliveryCompleteCount, stateBatches }
    entry.snapshotEpoch = value.snapshotEpoch
    entry.createTimestampMs = value.createTimestamp
    entry.writeTimestampMs = value.writeTimestamp
    entry.leaderEpochMax = Math.max(entry.leaderEpochMax, leaderEpoch)
    entry.stateEpochMax = Math.max(entry.stateEpochMax, stateEpoch)
    entry.snapshotOffset = offset
    if (entry.updateCount >= this.#context.config.updatesPerSnapshot) entry.updateCount = 0
  }

  #replayUpdate(
    key: SharePartitionKey,
    value: NonNullable<Extract<ShareStateRecord, { type: 'update' }>['value']>,
    offset: number,
  ): void {
    const entry = this.#entryOf(key, offset)
    const { state } = entry
    const startOffset = value.startOffset === -1 ? state.startOffset : value.startOffset
    entry.state = {
      stateEpoch: state.stateEpoch,
      leaderEpoch: value.leaderEpoch === -1 ? state.leaderEpoch : value.leaderEpoch,
      startOffset,
      deliveryCompleteCount: value.deliveryCompleteCount,
      stateBatches: combineStateBatches(state.stateBatches, value.stateBatches, startOffset),
    }
    entry.leaderEpochMax = Math.max(entry.leaderEpochMax, value.leaderEpoch)
    entry.updateCount++
  }

  /** Of a key that is not known: its snapshot has left the log, or it is the first. */
  #entryOf(key: SharePartitionKey, offset: number): Entry {
    const text = sharePartitionText(key)
    let entry = this.#entries.get(text)
    if (entry === undefined) {
      const { groupId, topicId, partition } = key
      entry = {
        key: { groupId, topicId, partition },
        state: noState,
        snapshotEpoch: 0,
        createTimestampMs: 0,
        writeTimestampMs: 0,
        leaderEpochMax: 0,
        stateEpochMax: 0,
        updateCount: 0,
        snapshotOffset: offset,
      }
      this.#entries.set(text, entry)
    }
    return entry
  }

  /** The record that makes a write true: an update, or a snapshot when there have been enough of them. The start never goes back. */
  #writeRecord(step: ShareStateStep, entry: Entry, write: ShareStateWrite): ShareStateRecord {
    const { key, state, snapshotEpoch } = entry
    const startOffset = Math.max(write.startOffset, state.startOffset)
    const change = {
      leaderEpoch: write.leaderEpoch,
      startOffset,
      deliveryCompleteCount: deliveryCompleteCountOf(state, write),
    }
    if (entry.updateCount < this.#context.config.updatesPerSnapshot) {
      const stateBatches = combineStateBatches([], write.stateBatches, startOffset)
      return updateRecord(key, { snapshotEpoch, ...change, stateBatches })
    }
    return snapshotRecord(key, {
      snapshotEpoch: snapshotEpoch + 1,
      stateEpoch: state.stateEpoch,
      ...change,
      createTimestamp: step.now,
      writeTimestamp: step.now,
      stateBatches: combineStateBatches(state.stateBatches, write.stateBatches, startOffset),
    })
  }

  #snapshotColdLater(): void {
    this.#context.timers.set(this.#context.config.coldSnapshotIntervalMs, step => {
      this.#snapshotColdLater()
      this.#snapshotCold(step)
    })
  }

  /** A state whose last snapshot is old holds up the clearing of the log; when all have had theirs for this reason, nothing is gained by others. */
  #snapshotCold(step: ShareStateStep): void {
    const entries = [...this.#entries.values()]
    if (entries.every(({ createTimestampMs, writeTimestampMs }) => createTimestampMs !== writeTimestampMs)) return
    step.isDivisible = true
    for (const { key, state, snapshotEpoch, createTimestampMs, writeTimestampMs } of entries) {
      if (step.now - writeTimestampMs < this.#context.config.coldSnapshotIntervalMs) continue
      step.append(
        snapshotRecord(key, {
          ...state,
          stateBatches: [...state.stateBatches],
          snapshotEpoch: snapshotEpoch + 1,
          createTimestamp: createTimestampMs,
          writeTimestamp: step.now,
        }),
      )
    }
  }

  #find(key: SharePartitionKey): Entry | undefined {
    return this.#entries.get(sharePartitionText(key))
  }

  #findOrThrow(key: SharePartitionKey): Entry {
    const entry = this.#find(key)
    if (entry === undefined) {
      throw new ProtocolError(errorCodes.INVALID_REQUEST, `${sharePartitionText(key)} has not been initialized`)
    }
    return entry
  }

  #checkPartition({ topicId, partition }: SharePartitionKey): void {
    if (!this.#context.hasPartition(topicId, partition)) {
      const text = `there is no partition ${partition} of a topic with id ${topicId}`
      throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION, text)
    }
  }
}

/** Counts from different starts cannot be compared: that of the later start holds. */
function deliveryCompleteCountOf(state: ShareState, write: ShareStateWrite): number {
  if (write.startOffset === state.startOffset) return Math.max(write.deliveryCompleteCount, state.deliveryCompleteCount)
  return write.startOffset > state.startOffset ? write.deliveryCompleteCount : state.deliveryCompleteCount
}

function checkNotNegative(what: string, value: number): void {
  if (value < 0) throw new ProtocolError(errorCodes.INVALID_REQUEST, `the ${what} is negative: ${value}`)
}

function checkEpoch(what: string, epoch: number, epochMax: number, errorCode: ErrorCode): void {
  if (epoch < epochMax) throw new ProtocolError(errorCode, `the ${what} ${epoch} is behind ${epochMax}`)
}
