/** Files of JSON that name partitions: `{"partitions":[{"topic":"t","partition":0,...}],"version":1}`. */
import { readFileSync } from 'node:fs'
import type { TopicPartition } from '@dorsale/client'
import { usage } from './options.ts'

/** An entry, with what else the tool wants of it. */
export type PartitionEntry = TopicPartition & Readonly<Record<string, unknown>>

/** Throws a sentence about the file: it cannot be read, is no JSON, or misses something. `isEntry` checks what else an entry must have. */
export function readPartitionFile(
  path: string,
  { needs, isEntry = () => true }: { needs: string; isEntry?: (entry: PartitionEntry) => boolean },
): PartitionEntry[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw usage(`Unable to read file ${path}`)
  }
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw usage(`${path} is no JSON: ${(error as Error).message}`)
  }
  const { partitions, version = 1 } = asObject(document)
  if (version !== 1) throw usage(`Not supported version field value ${String(version)}`)
  if (!Array.isArray(partitions)) throw usage('Missing partitions field')
  return partitions.map((each: unknown, index) => {
    const entry = asObject(each)
    const isPlace = typeof entry.topic === 'string' && isIndex(entry.partition)
    if (!isPlace || !isEntry(entry as PartitionEntry))
      throw usage(`partitions[${index}] of ${path} must have ${needs}: ${JSON.stringify(each)}`)
    return entry as PartitionEntry
  })
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0
}
