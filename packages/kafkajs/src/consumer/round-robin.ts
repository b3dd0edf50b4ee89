import type { Assignment, GroupMemberAssignment, PartitionAssigner } from '../types.ts'
import { AssignerProtocol } from './assigner-protocol.ts'

const version = 0

/** Gives the partitions of the leader's topics to the members by turns, in the order of their ids, as kafkajs does: members of both kinds share a group. */
const roundRobin: PartitionAssigner = ({ cluster }) => ({
  name: 'RoundRobinAssigner',
  version,

  async assign({ members, topics }): Promise<GroupMemberAssignment[]> {
    const ids = members.map(({ memberId }) => memberId).sort()
    // Topics may have names that every object knows, such as `constructor`.
    const shares = new Map<string, Map<string, number[]>>()
    let turn = 0
    for (const topic of topics) {
      for (const { partitionId } of cluster.findTopicPartitionMetadata(topic)) {
        const memberId = ids[turn++ % ids.length]!
        const share = shares.get(memberId) ?? new Map<string, number[]>()
        shares.set(memberId, share.set(topic, [...(share.get(topic) ?? []), partitionId]))
      }
    }
    return [...shares].map(([memberId, share]) => {
      const assignment: Assignment = Object.fromEntries(share)
      const userData = Buffer.alloc(0)
      return { memberId, memberAssignment: AssignerProtocol.MemberAssignment.encode({ version, assignment, userData }) }
    })
  },

  protocol: ({ topics }) => ({
    name: 'RoundRobinAssigner',
    metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData: Buffer.alloc(0) }),
  }),
})

export const PartitionAssigners = { roundRobin }
