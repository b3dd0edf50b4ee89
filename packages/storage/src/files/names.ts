/**
 * Names inside a log directory. Kafka refuses to start on a directory that holds any other:
 *
 * ```
 * <topic>-<partition>/                            a log
 *     00000000000000523456.log  .index .timeindex .txnindex    a segment, named by its first offset in 20 digits
 *     00000000000000523456.snapshot                            producers as they stood before that offset
 *     leader-epoch-checkpoint   partition.metadata
 *     ....deleted  .cleaned  .swap                             a segment's file on its way out or in
 * <topic>-<partition>.<32 hex digits>-delete/     a log that is being removed; -stray: set aside; -future: being moved here
 * ```
 */
import { assert, type Prng } from '@dorsale/base'

export const fileSuffix = {
  log: '.log',
  offsetIndex: '.index',
  timeIndex: '.timeindex',
  transactionIndex: '.txnindex',
  snapshot: '.snapshot',
  deleted: '.deleted',
  cleaned: '.cleaned',
  swap: '.swap',
} as const

/** The files that make a segment, the records first. */
export const segmentSuffixes = [
  fileSuffix.log,
  fileSuffix.offsetIndex,
  fileSuffix.timeIndex,
  fileSuffix.transactionIndex,
] as const

/** Files of a log directory that are not inside a log. */
export const rootFile = {
  lock: '.lock',
  cleanShutdown: '.kafka_cleanshutdown',
  recoveryPoints: 'recovery-point-offset-checkpoint',
  logStartOffsets: 'log-start-offset-checkpoint',
  highWatermarks: 'replication-offset-checkpoint',
  cleanerOffsets: 'cleaner-offset-checkpoint',
} as const

/** Directories of a log directory that Kafka's LogManager leaves to others. */
export const foreignDirectories: ReadonlySet<string> = new Set(['__cluster_metadata-0', 'remote-log-index-cache'])

/** Longest name that file systems take. */
const nameLengthMax = 255

/** `00000000000000523456.log` */
export function segmentFileName(baseOffset: number, suffix: string): string {
  return String(baseOffset).padStart(20, '0') + suffix
}

/** The offset that a segment's file or a snapshot is named by; undefined for any other name. */
export function offsetOfFileName(name: string, suffix: string): number | undefined {
  if (!name.endsWith(suffix)) return undefined
  const digits = name.slice(0, -suffix.length)
  if (!/^\d{1,20}$/.test(digits)) return undefined
  const offset = Number(digits)
  return Number.isSafeInteger(offset) ? offset : undefined
}

export type PartitionDirectoryKind = 'log' | 'delete' | 'stray' | 'future'

export interface PartitionDirectory {
  /** Of the directory. */
  readonly name: string
  readonly kind: PartitionDirectoryKind
  readonly topic: string
  readonly partition: number
}

/** Reads the name of a partition's directory; undefined when it is none. */
export function parsePartitionDirectory(name: string): PartitionDirectory | undefined {
  const marked = /^(?<log>\S+-\S+)\.(?<id>\S+)-(?<kind>delete|stray|future)$/.exec(name)?.groups
  const log = /^(?<topic>.*)-(?<partition>\d{1,10})$/s.exec(marked?.log ?? name)?.groups
  if (log === undefined || log.topic === '') return undefined
  const kind = (marked?.kind ?? 'log') as PartitionDirectoryKind
  return { name, kind, topic: log.topic as string, partition: Number(log.partition) }
}

export function partitionDirectoryName(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/** A fresh name for a log that is being copied here from another directory. The topic's name must leave room for the mark. */
export function futureDirectoryName(prng: Prng, topic: string, partition: number): string {
  const name = `${topic}-${partition}.${randomHex(prng)}-future`
  assert(name.length <= nameLengthMax, 'a topic whose name is too long for a log on the move is refused before')
  return name
}

/** A fresh name for a log on its way out; a topic name that would make it too long is cut, since only the suffix is read again. */
export function markedDirectoryName(prng: Prng, topic: string, partition: number, kind: 'delete' | 'stray'): string {
  const tail = `-${partition}.${randomHex(prng)}-${kind}`
  return topic.slice(0, nameLengthMax - tail.length) + tail
}

function randomHex(prng: Prng): string {
  return Buffer.from(prng.bytes(16)).toString('hex')
}
