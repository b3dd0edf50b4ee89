import type { MemberAssignment, MemberSubscription } from '../consumer-protocol.ts'
import { compare, type TopicPartition } from '../offset-lookup.ts'

/** A member of the group, as the leader knows it. */
export interface GroupMember extends MemberSubscription {
  readonly memberId: string
  /** Of a static member; null otherwise. */
  readonly groupInstanceId: string | null
}

/** What an assignor may know of the cluster. */
export interface AssignorCluster {
  /** The partitions of a topic, by index, each with the racks of its replicas; undefined while the topic is not known. */
  partitions(topic: string): readonly PartitionRacks[] | undefined
}

/** The racks of the replicas of a partition. */
export interface PartitionRacks {
  /** Empty when the brokers have none. */
  readonly racks: readonly string[]
}

/**
 * Divides partitions among the members of a classic group. Give your own to `createConsumer` beside Kafka's: all members of a group must share at least one, by name.
 */
export interface Assignor {
  /** Under which the members of the group know it. */
  readonly name: string
  /**
   * `eager`: members give up everything before they join. `cooperative`: they keep what they have, and `assign` must not give a partition to one member while
   * another holds it.
   */
  readonly mode: 'eager' | 'cooperative'
  /** Called on the leader. Every member must be in the answer. */
  assign(cluster: AssignorCluster, members: readonly GroupMember[]): Map<string, MemberAssignment>
  /** Called on each member before it joins: bytes for the leader. `owned`: what it has, or had before it gave it up. */
  userData?(owned: readonly TopicPartition[], generationId: number): Uint8Array | null
}

/** The order of members that Kafka's assignors share: static ones first, by instance id, then the others by member id. */
export function compareMembers(a: GroupMember, b: GroupMember): number {
  if (a.groupInstanceId !== null && b.groupInstanceId !== null) return compare(a.groupInstanceId, b.groupInstanceId)
  if (a.groupInstanceId !== null) return -1
  if (b.groupInstanceId !== null) return 1
  return compare(a.memberId, b.memberId)
}
