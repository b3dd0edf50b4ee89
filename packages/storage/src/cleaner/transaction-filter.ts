/**
 * Follows the transactions of a log from its start on and says of each batch whether its transaction still needs it: records of an aborted
 * one do not count, and a marker can go when nothing of its transaction is left.
 */
import type { BatchHeader, ProducerId } from '@dorsale/protocol'
import type { AbortedTransactionEntry } from '../index/transaction-index.ts'
import { controlType, readMarker } from '../producer/marker.ts'

interface OpenAbort {
  readonly entry: AbortedTransactionEntry
  /** A batch of it was met. */
  hasRecords: boolean
}

export class TransactionFilter {
  /** Told of every aborted transaction whose marker is kept. */
  onAbortKept: (entry: AbortedTransactionEntry) => void = () => {}
  /** Aborted transactions that begin further on, the next one last. */
  #upcoming: AbortedTransactionEntry[] = []
  readonly #aborted = new Map<ProducerId, OpenAbort>()
  /** Producers with records of a transaction that was not aborted. */
  readonly #committed = new Set<ProducerId>()

  /** Makes aborted transactions known, before the first batch that they overlap. Some may be known already. */
  add(entries: readonly AbortedTransactionEntry[]): void {
    if (entries.length === 0) return
    this.#upcoming.push(...entries)
    this.#upcoming.sort((left, right) => right.firstOffset - left.firstOffset)
  }

  /** Whether the batch, the next in order, can go. A marker that can go stays for `delete.retention.ms` all the same. */
  isDispensable(header: BatchHeader): boolean {
    this.#openUpTo(header.lastOffset)
    if (header.isControl) return this.#isMarkerDispensable(header)
    if (!header.isTransactional) return false
    const aborted = this.#aborted.get(header.producerId)
    if (aborted === undefined) {
      this.#committed.add(header.producerId)
      return false
    }
    aborted.hasRecords = true
    return true
  }

  #isMarkerDispensable(header: BatchHeader): boolean {
    // Emptied by an earlier pass.
    if (header.recordCount === 0) return true
    const marker = readMarker(header)
    if (marker === undefined) return false
    if (marker.type === controlType.commit) return !this.#committed.delete(header.producerId)
    const aborted = this.#aborted.get(header.producerId)
    this.#aborted.delete(header.producerId)
    // The records that were met are dropped in this pass; a reader that began before it still needs to know of the abort.
    if (!aborted?.hasRecords) return true
    this.onAbortKept(aborted.entry)
    return false
  }

  #openUpTo(offset: number): void {
    for (
      let next = this.#upcoming.at(-1);
      next !== undefined && next.firstOffset <= offset;
      next = this.#upcoming.at(-1)
    ) {
      this.#upcoming.pop()
      if (!this.#aborted.has(next.producerId)) this.#aborted.set(next.producerId, { entry: next, hasRecords: false })
    }
  }
}
