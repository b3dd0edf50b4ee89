import { ByteReader, ByteWriter, DecodeError } from '@dorsale/protocol'
import type { TopicPartition } from '../offset-lookup.ts'
import type { Assignor } from './assignor.ts'
import { type Claim, planSticky } from './sticky-plan.ts'

/**
 * Keeps partitions where they were, as far as the balance allows (KIP-54). Members give up everything before they join, and say in their user data what they had:
 *
 *     [topic string, [partition int32]], generation int32 (missing in what clients from before 2.3 write)
 */
export const stickyAssignor: Assignor = {
  name: 'sticky',
  mode: 'eager',
  userData(owned, generationId) {
    if (owned.length === 0) return null
    const topics = Map.groupBy(owned, ({ topic }) => topic)
    const writer = new ByteWriter()
    writer.count(topics.size)
    for (const [topic, partitions] of topics) {
      writer.string(topic)
      writer.count(partitions.length)
      for (const { partition } of partitions) writer.int32(partition)
    }
    writer.int32(generationId)
    return writer.finishBytes()
  },
  assign(cluster, members) {
    const claims = new Map(members.map(({ memberId, userData }) => [memberId, readClaim(userData)]))
    const plan = planSticky(cluster, members, claims)
    return new Map([...plan].map(([id, partitions]) => [id, { partitions, userData: null }]))
  },
}

const noClaim: Claim = { partitions: [], generationId: -1 }

/** User data that cannot be read claims nothing: another member may run anything under this name. */
function readClaim(userData: Uint8Array | null): Claim {
  if (userData === null || userData.length === 0) return noClaim
  try {
    const reader = new ByteReader(userData)
    const partitions: TopicPartition[] = []
    for (let topics = reader.count(6); topics > 0; topics--) {
      const topic = reader.string()
      for (let count = reader.count(4); count > 0; count--) partitions.push({ topic, partition: reader.int32() })
    }
    return { partitions, generationId: reader.remaining >= 4 ? reader.int32() : -1 }
  } catch (error) {
    if (error instanceof DecodeError) return noClaim
    throw error
  }
}
