/** Assignments in the words of the classic protocol: `int16 version | topics by name, with their partitions | user data`. */
import {
  type ConsumerProtocolAssignment,
  consumerProtocolAssignment,
  DecodeError,
  decodeMessage,
  encodeMessageBytes,
} from '@dorsale/protocol'
import { type Assignment, emptyAssignment } from '../modern/assignment.ts'
import type { GroupMetadataImage } from '../modern/topic-hashes.ts'

/** As a member is told it, in the version in which it spoke. */
export function classicAssignment(
  image: GroupMetadataImage,
  assigned: ReadonlyMap<string, { keys(): Iterable<number> }>,
  subscription: Uint8Array | undefined,
): Uint8Array {
  const { min, max } = consumerProtocolAssignment.validVersions
  const said = subscription === undefined || subscription.length < 2 ? 0 : (subscription[0]! << 8) | subscription[1]!
  const version = Math.min(Math.max(said, min), max)
  const assignedPartitions = [...assigned].flatMap(([topicId, partitions]) => {
    const topic = image.topicsById.get(topicId)?.name
    return topic === undefined ? [] : [{ topic, partitions: [...partitions.keys()].sort((a, b) => a - b) }]
  })
  const body = encodeMessageBytes(consumerProtocolAssignment, version, { assignedPartitions, userData: null })
  return Uint8Array.from([version >> 8, version & 0xff, ...body])
}

/** What a member was told, topics by id; those that are gone are left out. Throws a `DecodeError`. */
export function assignmentFrom(image: GroupMetadataImage, bytes: Uint8Array): Assignment {
  if (bytes.length === 0) return emptyAssignment
  const assignment = new Map<string, ReadonlySet<number>>()
  for (const { topic, partitions } of decodeAssignment(bytes).assignedPartitions) {
    const id = image.topicsByName.get(topic)?.id
    if (id !== undefined && partitions.length > 0) assignment.set(id, new Set(partitions))
  }
  return assignment
}

/** Whether an assignor keeps something of its own in it. */
export function hasUserData(assignment: Uint8Array): boolean {
  return assignment.length > 0 && (decodeAssignment(assignment).userData?.length ?? 0) > 0
}

/** `int16 version | assignment`. A newer version than ours is read as ours. Throws a `DecodeError`. */
function decodeAssignment(bytes: Uint8Array): ConsumerProtocolAssignment {
  if (bytes.length < 2) throw new DecodeError('an assignment begins with its version')
  const version = new DataView(bytes.buffer, bytes.byteOffset).getInt16(0)
  if (version < 0) throw new DecodeError(`an assignment of version ${version}`)
  const known = Math.min(version, consumerProtocolAssignment.validVersions.max)
  return decodeMessage(consumerProtocolAssignment, known, bytes.subarray(2), { trailing: 'ignore' })
}
