/**
 * Transactions that hang: open in a partition, and unknown to whoever would end them. They hold the last stable offset back for good, so that readers of committed
 * records stop there (KIP-664).
 */
import type { Admin, ProducerState, TopicPartition } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'

export interface OpenTransaction {
  readonly place: TopicPartition
  readonly producer: ProducerState
}

/** So many partitions are asked about at once. */
const batchSize = 500

export interface HangingSearch {
  /** The replica to ask; undefined: each partition's leader. */
  readonly brokerId: number | undefined
  /** Younger ones may still be ended by their producer; milliseconds since 1970. */
  readonly lastBeforeMs: number
}

/** Throws what the brokers refuse. */
export async function findHangingTransactions(
  admin: Admin,
  partitions: readonly TopicPartition[],
  search: HangingSearch,
): Promise<OpenTransaction[]> {
  const open: OpenTransaction[] = []
  for (let start = 0; start < partitions.length; start += batchSize) {
    open.push(...(await openTransactions(admin, partitions.slice(start, start + batchSize), search)))
  }
  if (open.length === 0) return []
  const ids = await transactionalIds(admin, open)
  const held = await heldPartitions(admin, [...new Set(ids.values())])
  return open.filter(({ place, producer }) => {
    const id = ids.get(producer.producerId)
    return id === undefined || held.get(id)?.has(nameOf(place)) !== true
  })
}

async function openTransactions(
  admin: Admin,
  places: readonly TopicPartition[],
  { brokerId, lastBeforeMs }: HangingSearch,
): Promise<OpenTransaction[]> {
  const found = await admin.describeProducers(places, brokerId === undefined ? {} : { brokerId })
  return places.flatMap((place, index) =>
    (found[index] ?? [])
      .filter(each => each.currentTransactionStartOffset !== undefined && each.lastTimestamp < lastBeforeMs)
      .map(producer => ({ place, producer })),
  )
}

/** The transactional ids of producers; a producer without one is not there. */
async function transactionalIds(admin: Admin, open: readonly OpenTransaction[]): Promise<Map<bigint, string>> {
  const filteredProducerIds = [...new Set(open.map(({ producer }) => producer.producerId))]
  const listings = (await admin.listTransactions({ filteredProducerIds })).flat()
  return new Map(listings.map(({ producerId, transactionalId }) => [producerId, transactionalId]))
}

/** The partitions of each id's transaction, as its coordinator knows them; of an id that is not known any more, none. */
async function heldPartitions(admin: Admin, ids: readonly string[]): Promise<Map<string, Set<string>>> {
  const held = new Map<string, Set<string>>()
  for (const { key, value, error } of await admin.describeTransactions(ids).outcomes()) {
    if (error instanceof ProtocolError && error.errorCode === errorCodes.TRANSACTIONAL_ID_NOT_FOUND) continue
    if (error !== undefined) throw error
    held.set(key, new Set(value.topicPartitions.map(nameOf)))
  }
  return held
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}
