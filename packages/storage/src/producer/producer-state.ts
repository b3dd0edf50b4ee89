/**
 * What a partition knows about its idempotent and transactional producers, and the rules by which their batches are let in. The state is
 * a function of the log: `apply` is called for every batch that enters it, in order, whether a client sends it or a start reads it.
 *
 * The batches of one append stand or fall together: what they changed is kept as it was until all are let in (`settle`), so that the refusal of one
 * can take the others back (`revert`).
 */
import { addSequence, type BatchHeader, errorCodes, type ProducerId, ProtocolError } from '@dorsale/protocol'
import type { AppendOrigin } from '../types.ts'
import { controlType, type Marker, readMarker } from './marker.ts'
import { none, ProducerEntry, type RememberedBatch } from './producer-entry.ts'

const sequenceMax = 0x7fffffff
const epochMax = 0x7fff
/** From this transaction version on, a marker carries a higher epoch than the transaction's records (KIP-890). */
const epochBumpVersion = 2

/** A transaction that a marker has just ended. */
export interface CompletedTransaction {
  readonly producerId: ProducerId
  readonly firstOffset: number
  /** Of the marker. */
  readonly lastOffset: number
  readonly aborted: boolean
}

interface Before {
  readonly producerId: ProducerId
  readonly entry: ProducerEntry | undefined
}

export interface ApplyOptions {
  readonly origin: AppendOrigin
  /** `transaction.version` of the marker's writer. Default 0. */
  readonly transactionVersion?: number
}

/** What decides when a producer is forgotten; read each time, so that it may change while the log is open. */
export interface ProducerSettings {
  /** `producer.id.expiration.ms` */
  readonly producerIdExpirationMs: number
}

export class ProducerState {
  /** Offset up to which batches have been applied. */
  endOffset = 0
  readonly #settings: ProducerSettings
  readonly #entries = new Map<ProducerId, ProducerEntry>()
  /** Open transactions: first offset to producer, in ascending order, since offsets ascend. */
  readonly #open = new Map<number, ProducerId>()
  /** Ended transactions whose marker is not below the high watermark yet. */
  #ended: CompletedTransaction[] = []
  /** Entries as they were before what is not settled; undefined instead of an entry that did not exist. */
  readonly #before: Before[] = []

  constructor(settings: ProducerSettings) {
    this.#settings = settings
  }

  get entries(): Iterable<ProducerEntry> {
    return this.#entries.values()
  }
  get size(): number {
    return this.#entries.size
  }

  /** First offset of the oldest transaction that is open, or ended behind the high watermark; undefined without one. */
  get firstUnstableOffset(): number | undefined {
    let first: number | undefined
    for (const offset of this.#open.keys()) {
      first = offset
      break
    }
    for (const ended of this.#ended) if (first === undefined || ended.firstOffset < first) first = ended.firstOffset
    return first
  }

  entry(producerId: ProducerId): ProducerEntry | undefined {
    return this.#entries.get(producerId)
  }

  /** The batch that was appended when this one was sent before, if it is among the last of its producer. */
  findDuplicate(header: BatchHeader): RememberedBatch | undefined {
    return this.#entries.get(header.producerId)?.find(header.producerEpoch, header.baseSequence, header.lastSequence)
  }

  /**
   * Lets a batch that has a producer id into the state, or throws a `ProtocolError` and leaves the state as it was. Answers the transaction
   * that it ended, if any. Its offsets are stamped.
   */
  apply(header: BatchHeader, options: ApplyOptions): CompletedTransaction | undefined {
    const producerId = header.producerId
    const known = this.#entries.get(producerId)
    if (header.isControl) {
      const marker = readMarker(header)
      if (marker === undefined) return undefined
      const entry = known ?? new ProducerEntry(producerId)
      this.#checkMarker(entry, marker, header, options)
      return this.#applyMarker(known, marker, header)
    }
    this.#checkData(known, header, options)
    this.#applyData(known, header)
    return undefined
  }

  /** What was applied stands, and cannot be taken back any more. */
  settle(): void {
    this.#before.length = 0
  }

  /** Takes back what is not settled: the log ends at `endOffset` again. */
  revert(endOffset: number): void {
    for (let before = this.#before.pop(); before !== undefined; before = this.#before.pop()) {
      const { producerId, entry } = before
      if (entry === undefined) this.#entries.delete(producerId)
      else this.#entries.set(producerId, entry)
    }
    this.#ended = this.#ended.filter(transaction => transaction.lastOffset < endOffset)
    this.#restoreOpen()
    this.endOffset = endOffset
  }

  /** Replaces everything by the entries of a snapshot at `endOffset`, but for those that have expired. */
  load(entries: Iterable<ProducerEntry>, endOffset: number, now: number): void {
    this.#entries.clear()
    this.#before.length = 0
    this.#ended = []
    for (const entry of entries) if (!this.#isExpired(entry, now)) this.#entries.set(entry.producerId, entry)
    this.#restoreOpen()
    this.endOffset = endOffset
  }

  /** Transactions whose marker lies below the high watermark are done with. */
  onHighWatermark(highWatermark: number): void {
    if (this.#ended.length === 0) return
    this.#ended = this.#ended.filter(transaction => transaction.lastOffset >= highWatermark)
  }

  /** Forgets producers that have been silent too long and have no open transaction. */
  expire(now: number): void {
    for (const entry of this.#entries.values()) if (this.#isExpired(entry, now)) this.#entries.delete(entry.producerId)
  }

  /** Where readers of committed records will stop once this transaction is complete: at the next open one, or behind its marker. */
  lastStableOffsetAfter(completed: CompletedTransaction): number {
    for (const offset of this.#open.keys()) if (offset !== completed.firstOffset) return offset
    return completed.lastOffset + 1
  }

  #checkData(known: ProducerEntry | undefined, header: BatchHeader, { origin }: ApplyOptions): void {
    const producerEpoch = header.producerEpoch
    const knownEpoch = known?.producerEpoch ?? none
    // What another replica let in, and what the log holds, is history: it is not refused.
    if (origin === 'replication') return
    if (producerEpoch < knownEpoch) throw staleEpoch(header, knownEpoch)
    if (origin === 'client') checkSequence(known, header)
    if (known?.inTransaction && !header.isTransactional) {
      throw new ProtocolError(
        errorCodes.INVALID_TXN_STATE,
        `producer ${header.producerId} has an open transaction here and wrote outside of it`,
      )
    }
  }

  #applyData(known: ProducerEntry | undefined, header: BatchHeader): void {
    const entry = this.#change(header.producerId, known)
    entry.enterEpoch(header.producerEpoch)
    const lastOffset = header.lastOffset
    entry.remember({
      baseSequence: header.baseSequence,
      lastSequence: header.lastSequence,
      lastOffset,
      offsetDelta: header.lastOffsetDelta,
      timestamp: header.maxTimestamp,
    })
    if (header.isTransactional && !entry.inTransaction) {
      entry.transactionStartOffset = header.baseOffset
      this.#open.set(header.baseOffset, header.producerId)
    }
  }

  #checkMarker(entry: ProducerEntry, marker: Marker, header: BatchHeader, options: ApplyOptions): void {
    if (options.origin === 'replication') return
    const bumps = (options.transactionVersion ?? 0) >= epochBumpVersion
    const producerEpoch = header.producerEpoch
    // A marker that is written again after its transaction ended carries the epoch that the first one left behind.
    const again = bumps && producerEpoch === entry.producerEpoch && (!entry.inTransaction || producerEpoch === epochMax)
    if (!again && (bumps ? producerEpoch <= entry.producerEpoch : producerEpoch < entry.producerEpoch)) {
      throw staleEpoch(header, entry.producerEpoch)
    }
    if (entry.coordinatorEpoch > marker.coordinatorEpoch) {
      throw new ProtocolError(
        errorCodes.TRANSACTION_COORDINATOR_FENCED,
        `marker of producer ${header.producerId} from coordinator epoch ${marker.coordinatorEpoch}, which is older than ${entry.coordinatorEpoch}`,
      )
    }
  }

  #applyMarker(
    known: ProducerEntry | undefined,
    marker: Marker,
    header: BatchHeader,
  ): CompletedTransaction | undefined {
    const entry = this.#change(header.producerId, known)
    const firstOffset = entry.transactionStartOffset
    entry.enterEpoch(header.producerEpoch)
    entry.coordinatorEpoch = marker.coordinatorEpoch
    entry.lastTimestamp = marker.timestamp
    entry.transactionStartOffset = none
    // A marker for a producer without records here ends nothing.
    if (firstOffset === none) return undefined
    const completed = {
      producerId: header.producerId,
      firstOffset,
      lastOffset: header.baseOffset,
      aborted: marker.type === controlType.abort,
    }
    this.#open.delete(firstOffset)
    this.#ended.push(completed)
    return completed
  }

  /** The entry to change, after its present form was put aside. */
  #change(producerId: ProducerId, known: ProducerEntry | undefined): ProducerEntry {
    const entry = known?.clone() ?? new ProducerEntry(producerId)
    this.#before.push({ producerId, entry: known })
    this.#entries.set(producerId, entry)
    return entry
  }

  #restoreOpen(): void {
    this.#open.clear()
    const open = [...this.#entries.values()].filter(entry => entry.inTransaction)
    open.sort((left, right) => left.transactionStartOffset - right.transactionStartOffset)
    for (const entry of open) this.#open.set(entry.transactionStartOffset, entry.producerId)
  }

  #isExpired(entry: ProducerEntry, now: number): boolean {
    return !entry.inTransaction && now - entry.lastTimestamp >= this.#settings.producerIdExpirationMs
  }
}

/** A batch follows the last one of its producer and epoch; a new epoch starts at 0. A producer that is not known may start anywhere. */
function checkSequence(known: ProducerEntry | undefined, header: BatchHeader): void {
  if (known === undefined || known.producerEpoch === none) return
  const baseSequence = header.baseSequence
  if (header.producerEpoch !== known.producerEpoch) {
    if (baseSequence === 0) return
    throw new ProtocolError(
      errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER,
      `producer ${header.producerId} starts epoch ${header.producerEpoch} with sequence ${baseSequence} instead of 0`,
    )
  }
  const lastSequence = known.lastSequence
  const expected = lastSequence === sequenceMax ? 0 : addSequence(lastSequence, 1)
  if (baseSequence === expected) return
  throw new ProtocolError(
    errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER,
    `producer ${header.producerId} sent sequence ${baseSequence} after ${lastSequence}`,
  )
}

function staleEpoch(header: BatchHeader, knownEpoch: number): ProtocolError {
  return new ProtocolError(
    errorCodes.INVALID_PRODUCER_EPOCH,
    `producer ${header.producerId} wrote with epoch ${header.producerEpoch} at offset ${header.baseOffset}; the last known is ${knownEpoch}`,
  )
}
