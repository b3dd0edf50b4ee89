/**
 * What members of a classic consumer group tell each other by way of JoinGroup and SyncGroup: a version of two bytes, then the message in that version. A version
 * from the future is read as the newest known one, and what follows is ignored, so members of any age share a group.
 */
import {
  ByteReader,
  ByteWriter,
  consumerProtocolAssignment,
  consumerProtocolSubscription,
  createMessage,
  DecodeError,
  type MessageOf,
  type MessageTable,
  type PartialMessage,
  readMessage,
  writeMessage,
} from '@dorsale/protocol'
import { comparePartitions, type TopicPartition } from './offset-lookup.ts'

/** The type that classic consumer groups have at the coordinator. */
export const consumerProtocolType = 'consumer'

const versionMax = 3

/** What a member says of itself when it joins. */
export interface MemberSubscription {
  readonly topics: readonly string[]
  /** What its assignor adds. */
  readonly userData: Uint8Array | null
  /** What it holds while it joins; empty for those that give everything up first. */
  readonly ownedPartitions: readonly TopicPartition[]
  /** In which it got them; -1: not known. */
  readonly generationId: number
  readonly rackId: string | null
}

/** What a member is given. */
export interface MemberAssignment {
  readonly partitions: readonly TopicPartition[]
  readonly userData: Uint8Array | null
}

export function encodeSubscription(subscription: MemberSubscription): Uint8Array {
  const { topics, userData, ownedPartitions, generationId, rackId } = subscription
  const owned = byTopic(ownedPartitions.toSorted(comparePartitions))
  return encode(consumerProtocolSubscription, {
    topics: topics.toSorted(),
    userData,
    ownedPartitions: owned,
    generationId,
    rackId,
  })
}

/** Throws a `DecodeError`. */
export function decodeSubscription(bytes: Uint8Array): MemberSubscription {
  const { topics, userData, ownedPartitions, generationId, rackId } = decode(consumerProtocolSubscription, bytes)
  return { topics, userData, ownedPartitions: flatten(ownedPartitions), generationId, rackId }
}

export function encodeAssignment({ partitions, userData }: MemberAssignment): Uint8Array {
  return encode(consumerProtocolAssignment, { assignedPartitions: byTopic(partitions), userData })
}

/** Throws a `DecodeError`. No bytes at all are an empty assignment: a leader that does not know a member gives it none. */
export function decodeAssignment(bytes: Uint8Array): MemberAssignment {
  if (bytes.length === 0) return { partitions: [], userData: null }
  const { assignedPartitions, userData } = decode(consumerProtocolAssignment, bytes)
  return { partitions: flatten(assignedPartitions), userData }
}

function encode<T extends MessageTable>(table: T, value: PartialMessage<T>): Uint8Array {
  const writer = new ByteWriter()
  writer.int16(versionMax)
  writeMessage(table, versionMax, createMessage(table, value), writer)
  return writer.finishBytes()
}

function decode<T extends MessageTable>(table: T, bytes: Uint8Array): MessageOf<T> {
  const reader = new ByteReader(bytes)
  const version = reader.int16()
  if (version < 0) throw new DecodeError('a version below 0', { message: table.name, version, offset: 0 })
  return readMessage(table, Math.min(version, versionMax), reader)
}

function byTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  const groups = Map.groupBy(partitions, ({ topic }) => topic)
  return [...groups].map(([topic, group]) => ({ topic, partitions: group.map(({ partition }) => partition) }))
}

function flatten(topics: readonly { topic: string; partitions: readonly number[] }[]): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) => partitions.map(partition => ({ topic, partition })))
}
