/**
 * `.txnindex`: the transactions whose abort marker lies in the segment, in the order of the markers. There is no file while there are
 * none.
 *
 * ```
 *   0  version           int16  0
 *   2  producerId        int64
 *  10  firstOffset       int64  of the transaction
 *  18  lastOffset        int64  of the marker
 *  26  lastStableOffset  int64  once this abort was complete
 * ```
 */
import { type ProducerId, readInt64, readProducerId, writeInt64, writeProducerId } from '@dorsale/protocol'

const transactionEntrySize = 34
const version = 0

export interface AbortedTransactionEntry {
  readonly producerId: ProducerId
  readonly firstOffset: number
  readonly lastOffset: number
  readonly lastStableOffset: number
}

export class TransactionIndex {
  readonly entries: AbortedTransactionEntry[]

  constructor(entries: AbortedTransactionEntry[] = []) {
    this.entries = entries
  }

  /** Reads a file's content; undefined when it is not one. */
  static parse(content: Uint8Array, baseOffset: number): TransactionIndex | undefined {
    if (content.length % transactionEntrySize !== 0) return undefined
    const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
    const entries: AbortedTransactionEntry[] = []
    for (let at = 0; at < content.length; at += transactionEntrySize) {
      const entry = {
        producerId: readProducerId(view, at + 2),
        firstOffset: readInt64(view, at + 10),
        lastOffset: readInt64(view, at + 18),
        lastStableOffset: readInt64(view, at + 26),
      }
      if (view.getInt16(at) !== version || entry.lastOffset < baseOffset || entry.firstOffset > entry.lastOffset)
        return undefined
      entries.push(entry)
    }
    return new TransactionIndex(entries)
  }

  /** The file's content. */
  get content(): Uint8Array {
    const content = new Uint8Array(this.entries.length * transactionEntrySize)
    const view = new DataView(content.buffer)
    for (const [index, entry] of this.entries.entries()) {
      const at = index * transactionEntrySize
      view.setInt16(at, version)
      writeProducerId(view, at + 2, entry.producerId)
      writeInt64(view, at + 10, entry.firstOffset)
      writeInt64(view, at + 18, entry.lastOffset)
      writeInt64(view, at + 26, entry.lastStableOffset)
    }
    return content
  }

  truncateTo(offset: number): void {
    while ((this.entries.at(-1)?.lastOffset ?? -1) >= offset) this.entries.pop()
  }
}
