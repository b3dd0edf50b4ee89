/**
 * The way of appended bytes to the disk. Appends of a turn gather in one group per segment; at the end of the turn each group is one
 * vectored write, in place when it is small and the disk is quick, else in the pool, one at a time. What is appended meanwhile gathers in the
 * next group. When the log asks for it, one fdatasync follows for all that was written: a group commit.
 *
 * Completion is told in the order of the appends. A failure takes everything with it that is not complete, since those appends stand on bytes that
 * are not there, and is the end of the log: what a start finds of it is the truth.
 */
import { assert, DiskError } from '@dorsale/base'
import type { Segment } from '../segment/segment.ts'
import type { OnAppended } from '../types.ts'
import type { TurnEnd, TurnTask } from './turn-end.ts'
import type { WritePolicy } from './write-policy.ts'

/** Chunks of one write: the kernel takes 1024 of them at once. */
const chunksMax = 1000
/** Bytes of one write: what a pool thread works on while the loop goes on. */
const groupBytesMax = 8 * 1024 * 1024

/** Appends whose bytes lie behind each other in one segment. */
export interface WriteGroup {
  readonly segment: Segment
  readonly position: number
  readonly chunks: Uint8Array[]
  bytes: number
  /** Offset behind the last record. */
  endOffset: number
  readonly callbacks: OnAppended[]
}

/** The log, as its writer needs it. */
export interface WriterHost {
  /** Whether what is written up to `endOffset` has to be on the platter before it is told. */
  mustSync(endOffset: number): boolean
  /** Moves what was written to these segments to the platter. */
  sync(segments: Iterable<Segment>): Promise<void>
  /** The group is written (and synced, if it had to be). */
  onWritten(group: WriteGroup, synced: boolean): void
  /** Nothing that is not complete will be written. Answers what the callbacks are told. */
  onFailed(error: unknown): Error
}

export interface AppendedBytes {
  readonly segment: Segment
  readonly position: number
  readonly bytes: Uint8Array
  readonly endOffset: number
}

export class LogWriter implements TurnTask {
  readonly #host: WriterHost
  readonly #turnEnd: TurnEnd
  readonly #policy: WritePolicy
  /** Gathering, not begun. */
  #pending: WriteGroup[] = []
  /** Written and waiting for the sync, or being written or synced right now. */
  #begun: WriteGroup[] = []
  #scheduled = false
  #busy = false
  #isAborted = false
  #waiters: (() => void)[] = []

  constructor(options: { host: WriterHost; turnEnd: TurnEnd; policy: WritePolicy }) {
    this.#host = options.host
    this.#turnEnd = options.turnEnd
    this.#policy = options.policy
  }

  get isIdle(): boolean {
    return this.#pending.length === 0 && this.#begun.length === 0
  }

  append(appended: AppendedBytes, callback: OnAppended): void {
    const { segment, position, bytes, endOffset } = appended
    const group = this.#groupFor(segment, position, endOffset)
    assert(group.position + group.bytes === position, 'appends of a segment lie behind each other')
    group.chunks.push(bytes)
    group.bytes += bytes.length
    group.endOffset = endOffset
    group.callbacks.push(callback)
    this.#schedule()
  }

  /** Calls back when everything appended so far is complete, in a later turn. */
  after(segment: Segment, endOffset: number, callback: OnAppended): void {
    this.#groupFor(segment, segment.size, endOffset).callbacks.push(callback)
    this.#schedule()
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    if (this.isIdle) return Promise.resolve()
    return new Promise(resolve => this.#waiters.push(resolve))
  }

  /** Gives up: everything that is not complete is told `error`, and what is under way is not heard of again. Nothing more is written. */
  abort(error: Error): void {
    this.#isAborted = true
    this.#tellAll(error)
  }

  /** Writes what has gathered in this call, and tells it. False, and nothing is done, while another write is under way. */
  writeNow(): boolean {
    if (this.#busy || this.#isAborted) return false
    try {
      for (let group = this.#pending.shift(); group !== undefined; group = this.#pending.shift()) {
        this.#begun.push(group)
        this.#writeNow(group)
      }
    } catch (error) {
      this.#fail(error)
      return false
    }
    this.#complete(false)
    return true
  }

  /** Gives up, as by `abort`, and answers what is not complete, in order: another log is to write it, and to tell. */
  surrender(): readonly WriteGroup[] {
    this.#isAborted = true
    const groups = [...this.#begun, ...this.#pending]
    this.#begun = []
    this.#pending = []
    this.#settle()
    return groups
  }

  run(): void {
    this.#scheduled = false
    if (!this.#busy && !this.#isAborted) this.#writeNext()
  }

  #schedule(): void {
    if (this.#scheduled || this.#busy) return
    this.#scheduled = true
    this.#turnEnd.add(this)
  }

  #groupFor(segment: Segment, position: number, endOffset: number): WriteGroup {
    const last = this.#pending.at(-1)
    if (last?.segment === segment && last.chunks.length < chunksMax && last.bytes < groupBytesMax) return last
    const group = { segment, position, chunks: [], bytes: 0, endOffset, callbacks: [] }
    this.#pending.push(group)
    return group
  }

  #writeNext(): void {
    for (let group = this.#pending.shift(); group !== undefined; group = this.#pending.shift()) {
      this.#begun.push(group)
      if (!this.#policy.isSync(group.bytes)) {
        this.#busy = true
        void this.#writeInPool(group)
        return
      }
      try {
        this.#writeNow(group)
      } catch (error) {
        this.#fail(error)
        return
      }
    }
    this.#commit()
  }

  #writeNow(group: WriteGroup): void {
    if (group.bytes === 0) return
    const start = this.#policy.start()
    const written = group.segment.file.use(file => file.writeSync(group.chunks, group.position))
    this.#policy.done(start)
    checkWhole(group, written)
  }

  async #writeInPool(group: WriteGroup): Promise<void> {
    try {
      const start = this.#policy.start()
      const written = await group.segment.file.useAsync(file => file.write(group.chunks, group.position))
      this.#policy.done(start)
      checkWhole(group, written)
    } catch (error) {
      this.#busy = false
      this.#fail(error)
      return
    }
    this.#busy = false
    // What gathered meanwhile is written in the turn that follows, with what that turn brings.
    this.#commit()
  }

  /** All that was begun is written: sync it if it must be, then tell. */
  #commit(): void {
    const last = this.#begun.findLast(group => group.bytes > 0)
    if (last !== undefined && this.#host.mustSync(last.endOffset)) {
      this.#busy = true
      void this.#sync()
    } else this.#complete(false)
  }

  async #sync(): Promise<void> {
    try {
      await this.#host.sync(new Set(this.#begun.map(group => group.segment)))
    } catch (error) {
      this.#busy = false
      this.#fail(error)
      return
    }
    this.#busy = false
    this.#complete(true)
  }

  #complete(synced: boolean): void {
    if (this.#isAborted) return
    const groups = this.#begun
    this.#begun = []
    for (const group of groups) this.#host.onWritten(group, synced)
    for (const group of groups) for (const callback of group.callbacks) callback(undefined)
    this.#settle()
  }

  #fail(error: unknown): void {
    if (this.#isAborted) return
    // What is appended from here on, until the log hears that it is offline, would stand behind a hole.
    this.#isAborted = true
    this.#tellAll(this.#host.onFailed(error))
  }

  #tellAll(error: Error): void {
    const groups = [...this.#begun, ...this.#pending]
    this.#begun = []
    this.#pending = []
    for (const group of groups) for (const callback of group.callbacks) callback(error)
    this.#settle()
  }

  #settle(): void {
    if (this.#pending.length > 0) {
      this.#schedule()
      return
    }
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter()
  }
}

function checkWhole(group: WriteGroup, written: number): void {
  if (written === group.bytes) return
  throw new DiskError('ENOSPC', `write more than ${written} of ${group.bytes} bytes to`, group.segment.file.path)
}
