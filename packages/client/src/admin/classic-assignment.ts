import { ByteReader, consumerProtocolAssignment, readMessage } from '@dorsale/protocol'
import type { TopicPartition } from '../consumer/offset-lookup.ts'

const versionMax = 3

/**
 * The partitions in the assignment of a member of a classic group of consumers: a version of two bytes and the message. A version from the future is read as the
 * newest known. Throws a `DecodeError`; no bytes are no partitions.
 */
export function assignedPartitions(bytes: Uint8Array): TopicPartition[] {
  if (bytes.length === 0) return []
  const reader = new ByteReader(bytes)
  const version = Math.max(0, Math.min(reader.int16(), versionMax))
  const message = readMessage(consumerProtocolAssignment, version, reader)
  return message.assignedPartitions.flatMap(({ topic, partitions }) =>
    partitions.map(partition => ({ topic, partition })),
  )
}
