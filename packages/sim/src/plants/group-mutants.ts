import type { FaultScope } from '../world/faults.ts'
import type { Mutant } from './mutants.ts'

const coordinate = 'packages/coordinate/src/groups'
const broker = 'packages/broker/src'
const client = 'packages/client/src'
const groups = { workload: 'groups', durability: 'process' } as const
const deaths: Partial<FaultScope> = { kinds: ['kill', 'kill-at-call', 'terminate'] }

/** Mistakes in what coordinator and client do for groups. */
export const groupMutants: readonly Mutant[] = [
  {
    ...groups,
    name: 'commits of an old generation taken',
    from: 12,
    file: `${coordinate}/offsets/commit-offsets.ts`,
    before: 'if (generationId !== group.generationId) throw new ProtocolError(errorCodes.ILLEGAL_GENERATION)',
    after: '',
  },
  {
    ...groups,
    name: 'heartbeats of an old generation taken',
    file: `${coordinate}/classic/heartbeat.ts`,
    before: 'if (request.generationId !== group.generationId) throw new ProtocolError(errorCodes.ILLEGAL_GENERATION)',
    after: '',
  },
  {
    ...groups,
    name: 'a SyncGroup of an old generation answered',
    file: `${coordinate}/classic/sync-group.ts`,
    before: 'if (request.generationId !== group.generationId) throw new ProtocolError(errorCodes.ILLEGAL_GENERATION)',
    after: '',
  },
  {
    ...groups,
    name: 'offsets before the last batch lost at a restart',
    file: `${broker}/coordinators/load-shard.ts`,
    before: 'if (header.lastOffset < offset) continue',
    after: 'if (header.lastOffset < offset || header.lastOffset + 3 > end) continue',
    focus: deaths,
  },
  {
    ...groups,
    name: 'every member is given what the first one is',
    file: `${coordinate}/classic/sync-group.ts`,
    before: 'member => assignmentAnswer(group, assignments.get(member.memberId))',
    after: '() => assignmentAnswer(group, assignments.values().next().value)',
  },
  {
    ...groups,
    name: 'a generation that is not counted on',
    file: `${coordinate}/classic/classic-group.ts`,
    before: 'generationIdMax ? 1 : this.generationId + 1',
    after: 'generationIdMax ? 1 : this.generationId + (this.#members.size > 1 ? 0 : 1)',
  },
  {
    ...groups,
    name: 'sessions that never end',
    file: `${coordinate}/classic/rebalance.ts`,
    before: 'if (member.satisfiesSession) return',
    after: 'if (member.awaitingJoin === undefined) return',
    focus: { kinds: ['kill', 'terminate'] },
  },
  {
    ...groups,
    name: 'a partition handed over before it is given up',
    from: 10,
    file: `${client}/consumer/assignors/cooperative-sticky.ts`,
    before: 'partitions.filter(each => isFreeFor(id, nameOf(each)))',
    after: 'partitions',
  },
  {
    ...groups,
    name: 'commits of what was not handled yet',
    from: 29,
    file: `${client}/consumer/assigned-partition.ts`,
    before: 'const { topic, partition, handledOffset: offset, handledEpoch: leaderEpoch } = this',
    after: 'const { topic, partition, fetchOffset: offset, handledEpoch: leaderEpoch } = this',
    focus: deaths,
  },
  {
    ...groups,
    name: 'a leader that asks for a rebalance whenever it looks',
    file: `${client}/consumer/classic-group.ts`,
    before: 'this.#describe(this.#groupTopics) !== this.#snapshot',
    after: 'this.#describe(this.#groupTopics) !== undefined',
  },
  {
    ...groups,
    name: 'partitions kept while the group goes on without the member',
    from: 15,
    file: `${client}/group/group-membership.ts`,
    before: '    this.#generation = { ...noGeneration, memberId }\n    this.#isLost = true',
    after: '    this.#generation = { ...noGeneration, memberId }',
  },
]
