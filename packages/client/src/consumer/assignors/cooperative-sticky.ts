import { ByteReader, ByteWriter } from '@dorsale/protocol'
import { nameOf } from '../offset-lookup.ts'
import type { Assignor, GroupMember } from './assignor.ts'
import { type Claim, planSticky } from './sticky-plan.ts'

/**
 * As `sticky`, without stopping the group (KIP-429): members keep what they have while they join, and a partition that changes hands is first given up by the one, then,
 * in the rebalance that follows, given to the other.
 */
export const cooperativeStickyAssignor: Assignor = {
  name: 'cooperative-sticky',
  mode: 'cooperative',
  /** The generation, for leaders that do not read it in the subscription yet. */
  userData(_owned, generationId) {
    const writer = new ByteWriter(4)
    writer.int32(generationId)
    return writer.finishBytes()
  },
  assign(cluster, members) {
    const claims = new Map(members.map(member => [member.memberId, claimOf(member)]))
    const plan = planSticky(cluster, members, claims)
    const holders = new Map<string, Set<string>>()
    for (const { memberId, ownedPartitions } of members) {
      for (const each of ownedPartitions) {
        const name = nameOf(each)
        holders.set(name, (holders.get(name) ?? new Set()).add(memberId))
      }
    }
    const isFreeFor = (memberId: string, name: string) => {
      const others = holders.get(name)
      return others === undefined || (others.size === 1 && others.has(memberId))
    }
    return new Map(
      [...plan].map(([id, partitions]) => [
        id,
        { partitions: partitions.filter(each => isFreeFor(id, nameOf(each))), userData: null },
      ]),
    )
  },
}

function claimOf({ ownedPartitions, generationId, userData }: GroupMember): Claim {
  const fromUserData = userData !== null && userData.length >= 4 ? new ByteReader(userData).int32() : -1
  return { partitions: ownedPartitions, generationId: generationId >= 0 ? generationId : fromUserData }
}
