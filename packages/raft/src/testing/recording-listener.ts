import type { DorsaleError } from '@dorsale/base'
import type { CommittedBatch, LeaderAndEpoch, LoadedSnapshot, RaftListener, RaftNode } from '../types.ts'

/** A state machine whose state is the list of its records, and which tells what it heard. */
export class RecordingListener<T> implements RaftListener<T> {
  bootstrap: readonly T[] = []
  records: T[] = []
  snapshots: LoadedSnapshot<T>['id'][] = []
  batches: CommittedBatch<T>[] = []
  leader: LeaderAndEpoch | undefined
  log: RaftNode<T> | undefined
  halted: DorsaleError | undefined

  onBootstrap(records: readonly T[]): void {
    this.bootstrap = records
  }

  onSnapshot(snapshot: LoadedSnapshot<T>): void {
    this.snapshots.push(snapshot.id)
    this.records = [...snapshot.records]
  }

  onCommit(batch: CommittedBatch<T>): void {
    this.batches.push(batch)
    this.records.push(...batch.records)
  }

  onLeaderChange(leader: LeaderAndEpoch, log: RaftNode<T> | undefined): void {
    this.leader = leader
    this.log = log
  }

  snapshotRecords(): Iterable<T> {
    return this.records
  }

  onHalt(error: DorsaleError): void {
    this.halted = error
  }
}

/** Records that are strings. */
export const textSerde = {
  encode: (text: string): Uint8Array => Buffer.from(text),
  decode: (bytes: Uint8Array): string => Buffer.from(bytes).toString(),
}
