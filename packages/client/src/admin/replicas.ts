/** Replicas of partitions: leaders elected, replicas moved between brokers. */
import {
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
  electLeadersRequest,
  electLeadersResponse,
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from '@dorsale/protocol'
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { doneOf, errorIn, refuse } from './answer.ts'
import { Codes, type NameIn } from './codes.ts'
import { Itemized, type Outcome } from './itemized.ts'
import { indexesByTopic, partitionsByTopic, rowsByPartition } from './partitions.ts'
import { toController } from './route.ts'

const electionTypes = new Codes({ PREFERRED: 0, UNCLEAN: 1 })

/** `PREFERRED`: the first replica; `UNCLEAN`: one that is alive, though records may be lost. */
export type ElectionType = NameIn<typeof electionTypes>

export interface Reassignment extends TopicPartition {
  /** Node ids of the replicas that it shall have, the preferred leader first; undefined takes back a reassignment that is under way. */
  readonly targetReplicas: readonly number[] | undefined
}

export interface AlterReassignmentsOptions extends CallOptions {
  /** Whether a partition may get more or fewer replicas than it has. Default: true. Older brokers than Kafka 4.1 do not ask. */
  readonly allowReplicationFactorChange?: boolean
}

export interface PartitionReassignment extends TopicPartition {
  readonly replicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
}

export interface ReplicaAdmin {
  /**
   * Elects leaders. `partitions` undefined: of every partition that needs it, and the outcomes are of those. A partition that has the leader already has the error
   * ELECTION_NOT_NEEDED.
   */
  electLeaders(
    electionType: ElectionType,
    partitions?: readonly TopicPartition[],
    options?: CallOptions,
  ): Itemized<TopicPartition, void>
  /** Begins to move replicas, or takes it back. Resolves when the move has begun. */
  alterPartitionReassignments(
    reassignments: readonly Reassignment[],
    options?: AlterReassignmentsOptions,
  ): Itemized<Reassignment, void>
  /** Moves that are under way. `partitions` undefined: all of them. */
  listPartitionReassignments(
    partitions?: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<PartitionReassignment[]>
}

export function replicaAdmin(core: AdminCore): ReplicaAdmin {
  return {
    electLeaders(electionType, partitions, options = {}) {
      const outcomes = core.one({
        what: 'the election of leaders',
        options,
        route: toController(),
        async ask(link, { timeoutMs }): Promise<Outcome<TopicPartition, void>[]> {
          const response = await core.request(link, electLeadersRequest, electLeadersResponse, {
            electionType: electionTypes.code(electionType),
            topicPartitions:
              partitions === undefined
                ? null
                : indexesByTopic(partitions).map(({ name: topic, indexes }) => ({ topic, partitions: indexes })),
            timeoutMs,
          })
          refuse('the election of leaders', response)
          return response.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
            partitionResult.map(row => {
              const key = { topic, partition: row.partitionId }
              return { key, value: undefined, error: errorIn(nameOf(key), row) } as Outcome<TopicPartition, void>
            }),
          )
        },
      })
      outcomes.catch(() => undefined)
      return new Itemized(outcomes, values => values)
    },

    alterPartitionReassignments: (reassignments, options = {}) =>
      core.each({
        what: 'the reassignment of partitions',
        keys: reassignments,
        options,
        route: toController(),
        async ask(link, keys, { timeoutMs }) {
          const topics = partitionsByTopic(keys, ({ partition, targetReplicas }) => ({
            partitionIndex: partition,
            replicas: targetReplicas === undefined ? null : [...targetReplicas],
          }))
          const tables = [alterPartitionReassignmentsRequest, alterPartitionReassignmentsResponse] as const
          const { allowReplicationFactorChange = true } = options
          const response = await core.request(link, ...tables, { timeoutMs, allowReplicationFactorChange, topics })
          refuse('the reassignment of partitions', response)
          const rows = rowsByPartition(response.responses, ({ partitionIndex }) => partitionIndex)
          return key => doneOf(nameOf(key), rows.get(nameOf(key)))
        },
      }),

    listPartitionReassignments: (partitions, options = {}) =>
      core.one({
        what: 'the reassignments under way',
        options,
        route: toController(),
        async ask(link, { timeoutMs }) {
          const topics =
            partitions === undefined
              ? null
              : indexesByTopic(partitions).map(({ name, indexes }) => ({ name, partitionIndexes: indexes }))
          const tables = [listPartitionReassignmentsRequest, listPartitionReassignmentsResponse] as const
          const response = await core.request(link, ...tables, { timeoutMs, topics })
          refuse('the reassignments under way', response)
          return response.topics.flatMap(({ name: topic, partitions: rows }) =>
            rows.map(({ partitionIndex: partition, replicas, addingReplicas, removingReplicas }) => {
              return { topic, partition, replicas, addingReplicas, removingReplicas }
            }),
          )
        },
      }),
  }
}
