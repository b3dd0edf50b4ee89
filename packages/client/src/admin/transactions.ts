/** Transactions of producers: described, listed, and ended from outside when their producer cannot. */
import {
  describeTransactionsRequest,
  describeTransactionsResponse,
  errorCodes,
  initProducerIdRequest,
  initProducerIdResponse,
  listTransactionsRequest,
  listTransactionsResponse,
  writeTxnMarkersRequest,
  writeTxnMarkersResponse,
} from '@dorsale/protocol'
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { answerOf, doneOf, refuse } from './answer.ts'
import type { Itemized } from './itemized.ts'
import { rowsByPartition } from './partitions.ts'
import { toBroker, toCoordinators, toLeaders } from './route.ts'

const transactionStates = [
  'Ongoing',
  'PrepareAbort',
  'PrepareCommit',
  'CompleteAbort',
  'CompleteCommit',
  'Empty',
  'PrepareEpochFence',
  'Unknown',
] as const

/** As Kafka prints it: `Empty`, `Ongoing`, `PrepareCommit` and `PrepareAbort` while markers are being written, `CompleteCommit` and `CompleteAbort` when they are, `PrepareEpochFence`, `Unknown`. */
export type TransactionState = (typeof transactionStates)[number]

/** The transaction of a transactional id, as its coordinator knows it. */
export interface TransactionDescription {
  readonly transactionalId: string
  readonly coordinatorId: number
  readonly state: TransactionState
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly transactionTimeoutMs: number
  /** Milliseconds since 1970; undefined: none is open. */
  readonly transactionStartTimeMs: number | undefined
  readonly topicPartitions: readonly TopicPartition[]
}

/** A transactional id that a broker coordinates, as a list has it. */
export interface TransactionListing {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly state: TransactionState
}

export interface ListTransactionsOptions extends CallOptions {
  /** Default: every state. */
  readonly filteredStates?: readonly TransactionState[]
  /** Default: every producer. */
  readonly filteredProducerIds?: readonly bigint[]
  /** Only those that have been open for longer. Served since Kafka 3.7. */
  readonly filteredDurationMs?: number
  /** An expression of RE2 that the id must match (KIP-1152). Served since Kafka 4.1. */
  readonly filteredTransactionalIdPattern?: string
}

/** Which transaction of a partition, as `describeProducers` shows it. */
export interface AbortTransactionSpec extends TopicPartition {
  readonly producerId: bigint
  readonly producerEpoch: number
  /** Default: 0, for a producer that has never ended a transaction. */
  readonly coordinatorEpoch?: number
}

/** The producer id and the epoch that a transactional id has from now on. */
export interface FencedProducer {
  readonly transactionalId: string
  readonly producerId: bigint
  /** The epoch that the next producer begins with; those before are fenced. */
  readonly producerEpoch: number
}

export interface TransactionAdmin {
  describeTransactions(
    transactionalIds: readonly string[],
    options?: CallOptions,
  ): Itemized<string, TransactionDescription>
  /** All transactions of all coordinators; an outcome is what one broker lists. */
  listTransactions(options?: ListTransactionsOptions): Itemized<number, TransactionListing[], TransactionListing[]>
  /** Writes the end of a transaction that hangs (KIP-664) to one partition. To be used on transactions that no coordinator knows any more. */
  abortTransaction(spec: AbortTransactionSpec, options?: CallOptions): Promise<void>
  /** Fences the producers of transactional ids; what they have open is aborted. */
  fenceProducers(transactionalIds: readonly string[], options?: CallOptions): Itemized<string, FencedProducer>
  /** Ends a transaction of whatever state, prepared ones too (KIP-939), and fences its producer. */
  forceTerminateTransaction(transactionalId: string, options?: CallOptions): Promise<void>
}

export function transactionAdmin(core: AdminCore): TransactionAdmin {
  const fenceProducers = (transactionalIds: readonly string[], options: CallOptions = {}) => {
    const route = toCoordinators<string>('transaction', transactionalId => transactionalId)
    return core.each({
      what: 'the fencing of producers',
      keys: transactionalIds,
      options,
      route,
      // The transaction that is open has to be aborted first.
      mayPass: error => error.errorCode === errorCodes.CONCURRENT_TRANSACTIONS || route.mayPass(error),
      async ask(link, keys, { timeoutMs }) {
        const responses = await Promise.all(
          keys.map(async transactionalId => {
            const value = { transactionalId, transactionTimeoutMs: timeoutMs }
            return core.request(link, initProducerIdRequest, initProducerIdResponse, value)
          }),
        )
        return transactionalId =>
          answerOf(transactionalId, responses[keys.indexOf(transactionalId)], ({ producerId, producerEpoch }) => {
            return { transactionalId, producerId, producerEpoch }
          })
      },
    })
  }

  return {
    fenceProducers,

    forceTerminateTransaction: async (transactionalId, options = {}) => {
      await fenceProducers([transactionalId], options)
    },

    describeTransactions: (transactionalIds, options = {}) =>
      core.each<string, TransactionDescription>({
        what: 'the description of transactions',
        keys: transactionalIds,
        options,
        route: toCoordinators('transaction', transactionalId => transactionalId),
        async ask(link, keys) {
          const value = { transactionalIds: [...keys] }
          const response = await core.request(link, describeTransactionsRequest, describeTransactionsResponse, value)
          const rows = new Map(response.transactionStates.map(row => [row.transactionalId, row]))
          return transactionalId =>
            answerOf(transactionalId, rows.get(transactionalId), row => ({
              transactionalId,
              coordinatorId: link.nodeId,
              state: stateOf(row.transactionState),
              producerId: row.producerId,
              producerEpoch: row.producerEpoch,
              transactionTimeoutMs: row.transactionTimeoutMs,
              transactionStartTimeMs: row.transactionStartTimeMs < 0 ? undefined : row.transactionStartTimeMs,
              topicPartitions: row.topics.flatMap(({ topic, partitions }) =>
                partitions.map(partition => ({ topic, partition })),
              ),
            }))
        },
      }),

    listTransactions: (options = {}) =>
      core.gather<number, TransactionListing[], TransactionListing[]>(
        {
          what: 'the list of transactions',
          keys: limits => core.everyBroker(limits),
          options,
          route: toBroker(nodeId => nodeId),
          async ask(link) {
            const response = await core.request(link, listTransactionsRequest, listTransactionsResponse, {
              stateFilters: [...(options.filteredStates ?? [])],
              producerIdFilters: [...(options.filteredProducerIds ?? [])],
              durationFilter: options.filteredDurationMs ?? -1,
              transactionalIdPattern: options.filteredTransactionalIdPattern ?? null,
            })
            refuse('the list of transactions', response)
            const value = response.transactionStates.map(({ transactionalId, producerId, transactionState }) => {
              return { transactionalId, producerId, state: stateOf(transactionState) }
            })
            return () => ({ value })
          },
        },
        lists => lists.flat(),
      ),

    async abortTransaction(spec, options = {}) {
      await core.each<AbortTransactionSpec, void>({
        what: 'the end of a transaction',
        keys: [spec],
        options,
        route: toLeaders(),
        // What the leader says of a marker is final, unless it leads no more.
        mayPass: ({ errorCode }) =>
          errorCode === errorCodes.NOT_LEADER_OR_FOLLOWER || errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
        async ask(link) {
          const { topic, partition, producerId, producerEpoch, coordinatorEpoch = 0 } = spec
          const topics = [{ name: topic, partitionIndexes: [partition] }]
          const marker = { producerId, producerEpoch, coordinatorEpoch, transactionResult: false, topics }
          const value = { markers: [marker] }
          const response = await core.request(link, writeTxnMarkersRequest, writeTxnMarkersResponse, value)
          const found = response.markers.find(each => each.producerId === producerId)
          const rows = rowsByPartition(found?.topics ?? [], ({ partitionIndex }) => partitionIndex)
          const answer = doneOf(nameOf(spec), rows.get(nameOf(spec)))
          return () => answer
        },
      })
    },
  }
}

function stateOf(text: string): TransactionState {
  return transactionStates.find(state => state === text) ?? 'Unknown'
}
