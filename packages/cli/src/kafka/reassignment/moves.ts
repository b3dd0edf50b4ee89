/** Where replicas shall be: the files that `kafka-reassign-partitions` reads, and the documents that it prints. */
import { readFileSync } from 'node:fs'
import { DorsaleError } from '@dorsale/base'
import type { ReplicaAssignment, TopicPartition, TopicPartitionReplica } from '@dorsale/client'
import { usage } from '../options.ts'
import { type PartitionEntry, readPartitionFile } from '../partition-file.ts'

/** A partition's replicas, wanted or as they are. */
export interface Move extends TopicPartition {
  readonly replicas: readonly number[]
  /** Of each replica; `any`: wherever it is. */
  readonly logDirs: readonly string[]
}

const anyLogDir = 'any'

/** Throws a sentence about what is wrong with the file; whether a list may be empty, or name something twice, is for `checkMoves`. */
export function readMoves(path: string): Move[] {
  const needs = 'a topic, a partition, replicas, and as many log_dirs if there are any'
  const isEntry = ({ replicas, log_dirs: dirs }: PartitionEntry) =>
    Array.isArray(replicas) &&
    replicas.every(Number.isInteger) &&
    (dirs === undefined || (Array.isArray(dirs) && dirs.length === replicas.length))
  return readPartitionFile(path, { needs, isEntry }).map(({ topic, partition, replicas, log_dirs: dirs }) => ({
    topic,
    partition,
    replicas: replicas as number[],
    logDirs: (dirs as string[] | undefined) ?? anywhere(replicas as number[]),
  }))
}

export function anywhere(replicas: readonly number[]): string[] {
  return replicas.map(() => anyLogDir)
}

/** Throws when the moves cannot be begun as they are written. */
export function checkMoves(moves: readonly Move[]): void {
  if (moves.length === 0) throw usage('Partition reassignment list cannot be empty')
  if (moves.some(({ replicas }) => replicas.length === 0)) throw usage('Partition replica list cannot be empty')
  const twice = duplicates(moves.map(nameOf))
  if (twice.length > 0) throw usage(`Partition reassignment contains duplicate topic partitions: ${twice.join(',')}`)
  const lists = moves.flatMap(move => {
    const ids = duplicates(move.replicas)
    return ids.length === 0 ? [] : [`${nameOf(move)} contains multiple entries for ${ids.join(',')}`]
  })
  if (lists.length > 0) throw usage(`Partition replica lists may not contain duplicate entries: ${lists.join('. ')}`)
}

/** The topics of a `--topics-to-move-json-file`. */
export function readTopics(path: string): string[] {
  let document: { topics?: unknown } | null
  try {
    document = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw usage(`Unable to read ${path}: ${(error as Error).message}`)
  }
  const topics = document?.topics
  const names = Array.isArray(topics) ? topics.map((each: { topic?: unknown } | null) => each?.topic) : []
  if (names.length === 0 || !names.every(name => typeof name === 'string'))
    throw usage(`${path} must be {"topics":[{"topic":"foo"}],"version":1}`)
  const twice = duplicates(names as string[])
  if (twice.length > 0) throw usage(`List of topics to reassign contains duplicate entries: [${twice.join(', ')}]`)
  return names as string[]
}

/** The brokers of a `--broker-list`. */
export function parseBrokerIds(text: string): number[] {
  const ids = text.split(',').map(word => {
    if (!/^\d+$/.test(word)) throw usage(`"${word}" in the list of brokers is no id`)
    return Number(word)
  })
  const twice = duplicates(ids)
  if (twice.length > 0) throw usage(`Broker list contains duplicate entries: [${twice.join(', ')}]`)
  return ids
}

function duplicates<T>(things: readonly T[]): T[] {
  return [...new Set(things.filter((each, index) => things.indexOf(each) !== index))]
}

/** Replicas whose directory is named. */
export function namedLogDirs(moves: readonly Move[]): ReplicaAssignment[] {
  return moves.flatMap(({ topic, partition, replicas, logDirs }) =>
    replicas.flatMap((brokerId, at) => {
      const logDir = logDirs[at] ?? anyLogDir
      return logDir === anyLogDir ? [] : [{ topic, partition, brokerId, logDir }]
    }),
  )
}

/** As the tool prints and reads it: by topic, then by partition. */
export function documentOf(moves: readonly Move[]): string {
  const partitions = moves.toSorted(byPartition).map(({ topic, partition, replicas, logDirs }) => ({
    topic,
    partition,
    replicas,
    log_dirs: logDirs,
  }))
  return JSON.stringify({ version: 1, partitions })
}

export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

export function replicaName(replica: TopicPartitionReplica): string {
  return `${nameOf(replica)}-${replica.brokerId}`
}

export function byPartition(one: TopicPartition, other: TopicPartition): number {
  if (one.topic !== other.topic) return one.topic < other.topic ? -1 : 1
  return one.partition - other.partition
}

export function byReplica(one: TopicPartitionReplica, other: TopicPartitionReplica): number {
  return one.brokerId - other.brokerId || byPartition(one, other)
}

export function topicsOf(partitions: readonly TopicPartition[]): string[] {
  return [...new Set(partitions.map(({ topic }) => topic))]
}

/** A sentence that says all there is to say, and that the tool prints as it is; others are announced as errors. */
export function finalWord(sentence: string): DorsaleError {
  return new DorsaleError(finalWordCode, sentence)
}

export const finalWordCode = 'DORSALE_REASSIGNMENT'

/** The s behind a word for things. */
export function plural(things: readonly unknown[]): string {
  return things.length === 1 ? '' : 's'
}
