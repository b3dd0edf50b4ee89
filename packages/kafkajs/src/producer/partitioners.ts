/** Which partition a message goes to. Each partitioner answers the partition that the message names, else goes by its key, else by turns. */
import { randomBelow } from '@dorsale/base'
import { murmur2 } from '@dorsale/client'
import { machine } from '../machine/machine.ts'
import type { ICustomPartitioner, PartitionerArgs, PartitionMetadata } from '../types.ts'
import { legacyMurmur2 } from './legacy-murmur2.ts'

type Hash = (key: Buffer) => number

function byKey(hash: Hash): ICustomPartitioner {
  return () => {
    const turns = new Map<string, number>()
    const led = remembered((partitions: PartitionMetadata[]) => partitions.filter(({ leader }) => leader >= 0))
    return ({ topic, partitionMetadata, message }: PartitionerArgs) => {
      if (message.partition !== null && message.partition !== undefined) return message.partition
      const { key } = message
      if (key !== null && key !== undefined) {
        const bytes = Buffer.isBuffer(key) ? key : Buffer.from(String(key))
        return positive(hash(bytes)) % partitionMetadata.length
      }
      const turn = (turns.get(topic) ?? randomBelow(machine.prng, 0x7fffffff)) + 1
      turns.set(topic, turn)
      const available = led(partitionMetadata)
      if (available.length === 0) return positive(turn) % partitionMetadata.length
      return available[positive(turn) % available.length]!.partitionId
    }
  }
}

/** A list stays the same until the metadata changes, so the last answer mostly holds. */
function remembered<Question, Answer>(ask: (question: Question) => Answer): (question: Question) => Answer {
  let last: { question: Question; answer: Answer } | undefined
  return question => {
    if (last?.question !== question) last = { question, answer: ask(question) }
    return last.answer
  }
}

function positive(number: number): number {
  return number & 0x7fffffff
}

const DefaultPartitioner = byKey(murmur2)
const LegacyPartitioner = byKey(legacyMurmur2)

/**
 * `DefaultPartitioner` goes by the hash of Java's client, `LegacyPartitioner` by that of kafkajs before 2.0, which is another for most keys. `JavaCompatiblePartitioner` is
 * the old name of the default.
 */
export const Partitioners = { DefaultPartitioner, LegacyPartitioner, JavaCompatiblePartitioner: DefaultPartitioner }
