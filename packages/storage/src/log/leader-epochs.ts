/**
 * Which leader wrote which part of a log: for each leader epoch the offset at which it started, both ascending. Replicas find with it
 * where their logs part. Kept in `leader-epoch-checkpoint`; what a death loses of it, recovery finds again in the batches, which carry
 * their epoch.
 */
import { assert, type Disk, replaceFileSync } from '@dorsale/base'
import { CorruptFileError, formatCheckpoint, parseField, readCheckpoint } from '../files/checkpoint.ts'
import type { EpochEndOffset } from '../types.ts'

const leaderEpochFile = 'leader-epoch-checkpoint'

export interface EpochStart {
  readonly epoch: number
  readonly startOffset: number
}

const unknownEpoch: EpochEndOffset = { leaderEpoch: -1, endOffset: -1 }

export class LeaderEpochs {
  #entries: EpochStart[]
  /** The file does not say what is here. */
  changed = false

  constructor(entries: readonly EpochStart[] = []) {
    this.#entries = [...entries]
  }

  /** Reads the checkpoint of a log; empty when there is none. Throws a `CorruptFileError`. */
  static read(disk: Disk, directory: string): LeaderEpochs {
    const path = `${directory}/${leaderEpochFile}`
    const entries = (readCheckpoint(disk, path) ?? []).map(fields => {
      if (fields.length !== 2) throw new CorruptFileError(path, `has the entry '${fields.join(' ')}'`)
      return { epoch: parseField(path, fields[0]), startOffset: parseField(path, fields[1]) }
    })
    entries.forEach(({ epoch, startOffset }, index) => {
      const before = entries[index - 1]
      if (before !== undefined && (before.epoch >= epoch || before.startOffset >= startOffset))
        throw new CorruptFileError(
          path,
          `has epoch ${epoch} from ${startOffset} behind epoch ${before.epoch} from ${before.startOffset}`,
        )
    })
    return new LeaderEpochs(entries)
  }

  /** Replaces the checkpoint if it is behind. It is not synced: see the head of this file. */
  write(disk: Disk, directory: string): void {
    if (!this.changed) return
    const lines = this.#entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`)
    replaceFileSync(disk, `${directory}/${leaderEpochFile}`, formatCheckpoint(lines), { sync: false })
    this.changed = false
  }

  get entries(): readonly EpochStart[] {
    return this.#entries
  }
  /** -1 when none is known. */
  get latestEpoch(): number {
    return this.#entries.at(-1)?.epoch ?? -1
  }

  /** Notes that `epoch` starts at `startOffset`. Entries that contradict it are overruled: they are of a leader that was. */
  assign(epoch: number, startOffset: number): void {
    assert(epoch >= 0 && startOffset >= 0, 'an epoch and its start are not negative')
    const latest = this.#entries.at(-1)
    if (latest !== undefined && latest.epoch === epoch && startOffset >= latest.startOffset) return
    const kept = this.#entries.filter(entry => entry.epoch < epoch && entry.startOffset < startOffset)
    this.#replace([...kept, { epoch, startOffset }])
  }

  /** The epoch of the record at `offset`; -1 unknown. */
  epochAt(offset: number): number {
    return this.#entries.findLast(entry => entry.startOffset <= offset)?.epoch ?? -1
  }

  /** Where the largest epoch not above `epoch` ends; `logEndOffset` for the latest. */
  endOffsetFor(epoch: number, logEndOffset: number): EpochEndOffset {
    if (epoch < 0) return unknownEpoch
    if (epoch === this.latestEpoch) return { leaderEpoch: epoch, endOffset: logEndOffset }
    const above = this.#entries.find(entry => entry.epoch > epoch)
    if (above === undefined) return unknownEpoch
    const floor = this.#entries.findLast(entry => entry.epoch <= epoch)
    return { leaderEpoch: floor?.epoch ?? epoch, endOffset: above.startOffset }
  }

  /** The log was cut at `endOffset`: epochs that start there or behind are gone. */
  truncateFromEnd(endOffset: number): void {
    this.#keep(entry => entry.startOffset < endOffset)
  }

  /** The log starts at `startOffset` now: the epoch that was current there starts there. */
  truncateFromStart(startOffset: number): void {
    const current = this.#entries.findLast(entry => entry.startOffset <= startOffset)
    if (current === undefined || (current === this.#entries[0] && current.startOffset === startOffset)) return
    const later = this.#entries.filter(entry => entry.startOffset > startOffset)
    this.#replace([{ epoch: current.epoch, startOffset }, ...later])
  }

  clear(): void {
    this.#keep(() => false)
  }

  #keep(isKept: (entry: EpochStart) => boolean): void {
    const kept = this.#entries.filter(isKept)
    if (kept.length < this.#entries.length) this.#replace(kept)
  }

  #replace(entries: EpochStart[]): void {
    this.#entries = entries
    this.changed = true
  }
}
