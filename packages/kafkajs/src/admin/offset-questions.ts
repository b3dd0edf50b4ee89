/** Offsets of a topic, partition by partition. */
import { offsetPlaces } from '@dorsale/client'
import { lookUpOffsets } from '@dorsale/client/parts'
import type { Connection } from '../connection.ts'
import type { PartitionOffset, SeekEntry } from '../types.ts'

/** The offset at a place, or of the first record that is not older than a time, of some partitions or all. -1: there is none. */
export async function lookUp(
  connection: Connection,
  topic: string,
  timestamp: number,
  partitions?: readonly number[],
): Promise<PartitionOffset[]> {
  const cluster = await connection.open()
  const info = await connection.topic(topic)
  const wanted = partitions ?? info.partitions.map(({ index }) => index)
  const { requestTimeout = 30_000 } = connection.options.config
  const found = await lookUpOffsets(
    cluster,
    wanted.map(partition => ({ topic, partition, timestamp })),
    { readCommitted: false, timeoutMs: requestTimeout, retries: connection.options.patience.retries },
  )
  return found.map(({ partition, offset }) => ({ partition, offset: String(offset) }))
}

export async function offsetsOf(
  connection: Connection,
  topic: string,
): Promise<(SeekEntry & { high: string; low: string })[]> {
  const [high, low] = await Promise.all([
    lookUp(connection, topic, offsetPlaces.latest),
    lookUp(connection, topic, offsetPlaces.earliest),
  ])
  return high.map(({ partition, offset }, index) => ({ partition, offset, high: offset, low: low[index]!.offset }))
}
