import { AssignedPartition, nameOf } from '@dorsale/client/parts'
import type { TopicPartitionOffset } from '../types.ts'

/** The places that kafkajs has numbers for. */
const latest = -1
const earliest = -2

/** A partition that the group gave this consumer: how far it is fetched, resolved and committed. */
export class HeldPartition {
  readonly source: AssignedPartition
  readonly name: string
  /** A batch of it is with the application. */
  isBusy = false
  /** Changes with every seek: what was handed out before is stale. */
  seekCount = 0
  /** The offset that was found for the beginning, which nobody has to commit. */
  #start: number | undefined
  #committed: number | undefined

  constructor(topic: string, partition: number, { fromBeginning }: { fromBeginning: boolean }) {
    this.source = new AssignedPartition(topic, partition)
    this.source.policy = fromBeginning ? 'earliest' : 'latest'
    this.name = nameOf(this.source)
  }

  get topic(): string {
    return this.source.topic
  }

  get partition(): number {
    return this.source.partition
  }

  /** Where the group goes on: behind the last resolved message. Undefined while it is not known where to begin. */
  get resolved(): number | undefined {
    return this.source.handledOffset
  }

  /** Everything before this offset is handled. */
  resolveTo(offset: number): void {
    this.#noteStart()
    this.source.noteHandled(offset, -1)
    this.source.position = offset
  }

  seek(offset: number): void {
    this.seekCount++
    if (offset === latest || offset === earliest) {
      this.source.moveTo(undefined, offset === latest ? 'latest' : 'earliest')
      return
    }
    this.source.moveTo(offset)
    this.#start = Number.NaN
  }

  /** Fetches again what was handed out and is not resolved. */
  comeBack(): void {
    const { resolved } = this
    if (resolved !== undefined && this.source.fetchOffset !== resolved) this.source.moveTo(resolved)
  }

  noteCommitted(offset: number): void {
    this.#committed = offset
    this.source.committedOffset = offset
  }

  /** What is resolved and not committed. */
  get uncommitted(): TopicPartitionOffset | undefined {
    this.#noteStart()
    const { topic, partition, resolved } = this
    const committed = this.#committed ?? this.#start
    if (resolved === undefined || resolved === committed) return undefined
    return { topic, partition, offset: String(resolved) }
  }

  /** Messages that are resolved and not committed. */
  get uncommittedCount(): number {
    const { resolved } = this
    const committed = this.#committed ?? this.#start
    if (resolved === undefined || committed === undefined || Number.isNaN(committed)) return 0
    return resolved - committed
  }

  #noteStart(): void {
    this.#start ??= this.resolved
  }
}
