import type { TopicPartition } from '../offset-lookup.ts'
import { type Assignor, compareMembers } from './assignor.ts'

/** Deals the partitions of all topics out, one after the other, to those who subscribe to the topic. */
export const roundRobinAssignor: Assignor = {
  name: 'roundrobin',
  mode: 'eager',
  assign(cluster, members) {
    const order = members.toSorted(compareMembers)
    const dealt = new Map(members.map(({ memberId }) => [memberId, [] as TopicPartition[]]))
    let turn = 0
    for (const topic of [...new Set(members.flatMap(({ topics }) => topics))].sort()) {
      const count = cluster.partitions(topic)?.length ?? 0
      for (let partition = 0; partition < count; partition++) {
        // Somebody subscribes to it, so this ends.
        while (!order[turn]!.topics.includes(topic)) turn = (turn + 1) % order.length
        dealt.get(order[turn]!.memberId)!.push({ topic, partition })
        turn = (turn + 1) % order.length
      }
    }
    return new Map([...dealt].map(([id, partitions]) => [id, { partitions, userData: null }]))
  },
}
