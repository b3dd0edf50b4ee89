import type { Read } from '../history/history.ts'
import type { World } from '../world/world.ts'
import { attemptMark } from './copier.ts'

export interface Image {
  /** What was read of the input, by partition, in order. */
  input: ReadonlyMap<string, readonly Read[]>
  /** How far the copiers' group has committed each partition. */
  committed: ReadonlyMap<string, number>
  /** What is committed in the outputs: topics by name, partitions in order. */
  outputs: ReadonlyMap<string, readonly Read[]>
  outputTopics: readonly string[]
}

/**
 * The outputs are the image of the input up to the committed offsets: each record once in every output, in one transaction, in the order of its partition;
 * and nothing beyond.
 */
export function expectImage(world: World, { input, committed, outputs, outputTopics }: Image): void {
  const copies = new Map<string, Copy[]>()
  for (const [partition, reads] of outputs) {
    for (const { offset, value } of reads) {
      const copy = copyOf(value)
      if (copy === undefined || !outputTopics.includes(copy.topic)) continue
      // A copy of the second stage names both; what counts is where it stands.
      if (!partition.startsWith(`${copy.topic}-`)) continue
      copies.set(copy.source, [...(copies.get(copy.source) ?? []), { ...copy, partition, offset }])
    }
  }
  for (const [partition, reads] of input) {
    const upTo = committed.get(partition) ?? 0
    const last = new Map<string, number>()
    for (const { offset, value } of reads) {
      const where = `${value} of ${partition}@${offset}, committed to @${upTo}`
      const found = copies.get(value) ?? []
      copies.delete(value)
      const topics = found.map(({ topic }) => topic).sort()
      const expected = offset < upTo ? outputTopics.toSorted() : []
      if (topics.join() !== expected.join()) {
        world.fail(`no exact image: ${where}, is in ${topics.join(' and ') || 'no output'}`)
        return
      }
      if (new Set(found.map(({ attempt }) => attempt)).size > 1) {
        world.fail(`a torn copy: ${where}, by ${found.map(({ attempt }) => attempt).join(' and ')}`)
      }
      for (const copy of found) {
        if (copy.offset < (last.get(copy.partition) ?? -1))
          world.fail(`copies out of order: ${where}, at ${copy.partition}@${copy.offset}`)
        last.set(copy.partition, copy.offset)
      }
    }
  }
  for (const [source, [copy]] of copies)
    world.fail(`a copy of nothing: ${source} at ${copy?.partition}@${copy?.offset}`)
}

interface Copy {
  source: string
  attempt: string
  topic: string
  partition: string
  offset: number
}

/** `<source>~<attempt>~<topic>`, where the source may be a copy itself. */
function copyOf(value: string): Omit<Copy, 'partition' | 'offset'> | undefined {
  const parts = value.split(attemptMark)
  const topic = parts.pop()
  const attempt = parts.pop()
  if (topic === undefined || attempt === undefined) return undefined
  return { source: parts.join(attemptMark), attempt, topic }
}
