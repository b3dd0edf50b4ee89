import type { Timer } from '@dorsale/base'
import type { ProtocolError } from '@dorsale/protocol'
import type { MetadataDelta } from '../metadata/image.ts'
import type { Step } from './step.ts'

/** Who wrote a record, when it was written in a transaction. */
export interface RecordOrigin {
  /**
   * -1: nobody in particular; the record counts at once. Else it counts when the producer's transaction commits. Always a bigint, whether it comes from a log or
   * from a request: shards keep it as a key.
   */
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly offset: number
  /** When it was written, wall clock. */
  readonly timestampMs: number
}

/**
 * What a coordinator knows of the keys that one partition of its topic holds: groups, transactional producers, share-group partitions.
 *
 * *Hard* state changes in `replay` and `endTransaction` alone, so that a restart runs the same code as a request. *Soft* state (timers, parked
 * requests) is the shard's own, is never written, and is gone with `unload`.
 */
export interface CoordinatorShard<Record> {
  /** Makes one record true: at load, in the order of the log, and right after a step that appended it. */
  replay(record: Record, origin: RecordOrigin): void
  /** A marker: what the producer wrote in its transaction counts from now on, or never. */
  endTransaction(producerId: bigint, committed: boolean): void
  /** The log has been read: from now on requests come. Sets the timers; may write. */
  onLoaded(step: Step<Record>): void
  /** Topics are gone from the cluster. */
  topicsDeleted(step: Step<Record>, topics: readonly { readonly name: string; readonly id: string }[]): void
  /** The cluster's metadata has changed. Looks at soft state alone; a shard that is loading has none. Absent: it does not look at metadata. */
  metadataChanged?(delta: MetadataDelta): void
  /** Gives up: answers what is parked with this error. No call comes after it. */
  unload(error: ProtocolError): void
}

/** How the records of a coordinator's topic are framed. */
export interface CoordinatorSerde<Record> {
  encode(record: Record): { readonly key: Uint8Array; readonly value: Uint8Array | null }
  /** Undefined: a kind of record that this release does not know. Throws a `DecodeError`. The record keeps nothing of the bytes. */
  decode(key: Uint8Array, value: Uint8Array | null): Record | undefined
}

/** Soft state: steps that are due later. They are all cancelled when the shard is unloaded. */
export interface ShardTimers<Record> {
  set(delayMs: number, operation: (step: Step<Record>) => void): Timer
}
