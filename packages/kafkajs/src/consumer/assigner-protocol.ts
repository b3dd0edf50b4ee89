/** What members and leader of a group tell each other, in version 0 of Kafka's consumer protocol: a version of two bytes, topics, and bytes of the assigner's own. */
import { ByteReader, ByteWriter } from '@dorsale/protocol'
import type { ISerializer, MemberAssignment, MemberMetadata } from '../types.ts'

const topicBytesMin = 2
const topicAndPartitionsBytesMin = 6
const partitionBytes = 4

const memberMetadata: ISerializer<MemberMetadata> = {
  encode({ version, topics, userData = Buffer.alloc(0) }) {
    const writer = new ByteWriter()
    writer.int16(version)
    writer.int32(topics.length)
    for (const topic of topics) writer.string(topic)
    writer.nullableBytes(userData)
    return bufferOf(writer.finishBytes())
  },

  decode(buffer) {
    const reader = new ByteReader(buffer)
    const version = reader.int16()
    const topics = repeat(reader.count(topicBytesMin), () => reader.string())
    return { version, topics, userData: userDataOf(reader) }
  },
}

const memberAssignment: ISerializer<MemberAssignment> = {
  encode({ version, assignment, userData = Buffer.alloc(0) }) {
    const writer = new ByteWriter()
    writer.int16(version)
    const topics = Object.entries(assignment)
    writer.int32(topics.length)
    for (const [topic, partitions] of topics) {
      writer.string(topic)
      writer.int32(partitions.length)
      for (const partition of partitions) writer.int32(partition)
    }
    writer.nullableBytes(userData)
    return bufferOf(writer.finishBytes())
  },

  /** Null: no bytes, a member that the leader gave nothing. */
  decode(buffer) {
    if (buffer.length < 2) return null
    const reader = new ByteReader(buffer)
    const version = reader.int16()
    const topics = repeat(reader.count(topicAndPartitionsBytesMin), () => {
      const topic = reader.string()
      return [topic, repeat(reader.count(partitionBytes), () => reader.int32())] as const
    })
    return { version, assignment: Object.fromEntries(topics), userData: userDataOf(reader) }
  },
}

/** For partition assigners of an application's own. Decoding throws a `DecodeError` for bytes that are none of these. */
export const AssignerProtocol = { MemberMetadata: memberMetadata, MemberAssignment: memberAssignment }

function repeat<Element>(count: number, read: () => Element): Element[] {
  return Array.from({ length: count }, read)
}

/** Null where there is none, which kafkajs's type does not say. */
function userDataOf(reader: ByteReader): Buffer {
  const bytes = reader.remaining === 0 ? null : reader.nullableBytes()
  return bytes === null ? (null as unknown as Buffer) : bufferOf(bytes)
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
