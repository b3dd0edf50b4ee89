/** The requests of a transaction, each as one call that is tried again until it has an answer. What is refused rejects with a `ProtocolError`. */
import { sleep } from '@dorsale/base'
import {
  addOffsetsToTxnRequest,
  addOffsetsToTxnResponse,
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
  type ErrorCode,
  endTxnRequest,
  endTxnResponse,
  errorCodes,
  initProducerIdRequest,
  initProducerIdResponse,
  type MessageOf,
  type MessageTable,
  type PartialMessage,
  ProtocolError,
  txnOffsetCommitRequest,
  txnOffsetCommitResponse,
} from '@dorsale/protocol'
import { noTopicId } from '../metadata/metadata-cache.ts'
import type { Cluster } from '../network/cluster.ts'
import type { CoordinatorKey } from '../network/coordinators.ts'
import type { ProducerIdentity } from '../producer/partition-queue.ts'
import type { ClientWorld } from '../world.ts'
import { asFenced } from './transaction-error.ts'

/** Who commits offsets: what `consumer.groupMetadata()` answers. The coordinator of the group refuses those who are not in it any more (KIP-447). */
export interface ConsumerGroupMetadata {
  readonly groupId: string
  /** Generation, or member epoch; -1: offsets of no member. Default -1. */
  readonly generationId?: number
  /** Default: none. */
  readonly memberId?: string
  readonly groupInstanceId?: string | null
}

/** The offset at which a consumer of the partition goes on. */
export interface OffsetToCommit {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Of the last record before it; -1: not known, the default. */
  readonly leaderEpoch?: number
  readonly metadata?: string
}

/** With `transaction.version` 2 the brokers add partitions by themselves, and every transaction has an epoch of its own (KIP-890). */
export const implicitVersion = 2

/** The last versions in which requests mean the first protocol. */
const explicit = { addPartitions: 3, endTxn: 4, offsetCommit: 4 }
/** The last version of TxnOffsetCommit that names topics; later ones have their ids. */
const namedOffsetCommit = 5
/** The producer of an earlier transaction waits this long for the markers of that one, as in Kafka: they take less than a usual pause. */
const markersMs = 20

export class TransactionCoordinator {
  readonly #world: ClientWorld
  readonly #cluster: Cluster
  readonly #transactionalId: string
  readonly #timeoutMs: number
  readonly #key: CoordinatorKey
  /** Level of `transaction.version`, as the coordinator had it when it was last asked something. */
  version = 0

  constructor(options: {
    world: ClientWorld
    cluster: Cluster
    transactionalId: string
    /** `transaction.timeout.ms`. */
    timeoutMs: number
  }) {
    this.#world = options.world
    this.#cluster = options.cluster
    this.#transactionalId = options.transactionalId
    this.#timeoutMs = options.timeoutMs
    this.#key = { type: 'transaction', key: options.transactionalId }
  }

  /** The producer's id and epoch. Ends a transaction that an earlier one left open, and fences that one. `current`: the next epoch of this one. */
  async initialize(current?: ProducerIdentity): Promise<ProducerIdentity> {
    const value = {
      transactionalId: this.#transactionalId,
      transactionTimeoutMs: this.#timeoutMs,
      ...(current && { producerId: current.producerId, producerEpoch: current.producerEpoch }),
    }
    const { producerId, producerEpoch } = await this.#call(
      'the producer id',
      initProducerIdRequest,
      initProducerIdResponse,
      // An old coordinator can count no epoch up for the one who has it.
      version => {
        if (current !== undefined && version < 3) {
          throw new ProtocolError(errorCodes.UNSUPPORTED_VERSION, 'the broker is too old to give out the next epoch')
        }
        return value
      },
      ({ errorCode }) => refuse(errorCode),
    )
    return { producerId, producerEpoch }
  }

  /** Tells the coordinator which partitions the transaction writes to. First protocol only. */
  async addPartitions(
    { producerId, producerEpoch }: ProducerIdentity,
    partitions: Iterable<readonly [topic: string, partition: number]>,
  ): Promise<void> {
    const topics = Map.groupBy(partitions, ([topic]) => topic)
    const value = {
      v3AndBelowTransactionalId: this.#transactionalId,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: [...topics].map(([name, group]) => ({ name, partitions: group.map(([, index]) => index) })),
    }
    await this.#call(
      'the partitions of the transaction',
      addPartitionsToTxnRequest,
      addPartitionsToTxnResponse,
      value,
      response => {
        const results = response.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) => resultsByPartition)
        const failed = results.map(({ partitionErrorCode }) => partitionErrorCode).filter(code => code !== 0)
        // One that was refused for itself says more than those that were not even tried.
        refuse(failed.find(code => code !== errorCodes.OPERATION_NOT_ATTEMPTED) ?? failed[0] ?? 0)
      },
      explicit.addPartitions,
    )
  }

  /** Makes offsets of a group part of the transaction. */
  async commitOffsets(
    identity: ProducerIdentity,
    offsets: readonly OffsetToCommit[],
    group: ConsumerGroupMetadata,
  ): Promise<void> {
    const { producerId, producerEpoch } = identity
    const { groupId, generationId = -1, memberId = '', groupInstanceId = null } = group
    const isImplicit = this.version >= implicitVersion
    const value = { transactionalId: this.#transactionalId, groupId, producerId, producerEpoch }
    if (!isImplicit) {
      await this.#call(
        'the offsets of the transaction',
        addOffsetsToTxnRequest,
        addOffsetsToTxnResponse,
        value,
        ({ errorCode }) => refuse(errorCode),
      )
    }
    const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, partitions]) => ({
      name,
      topicId: this.#cluster.metadata.topic(name)?.topicId ?? noTopicId,
      partitions: partitions.map(({ partition, offset, leaderEpoch = -1, metadata = '' }) => ({
        partitionIndex: partition,
        committedOffset: offset,
        committedLeaderEpoch: leaderEpoch,
        committedMetadata: metadata,
      })),
    }))
    // The topics that a consumer reads are often none that this producer has asked about.
    const isNamed = topics.some(({ topicId }) => topicId === noTopicId)
    const isMember = generationId >= 0 || memberId !== '' || groupInstanceId !== null
    await this.#callAt(
      { type: 'group', key: groupId },
      `the offsets of group '${groupId}'`,
      txnOffsetCommitRequest,
      txnOffsetCommitResponse,
      version => {
        if (version >= 3)
          return { ...value, generationIdOrMemberEpoch: generationId, memberId, groupInstanceId, topics }
        if (!isMember) return { ...value, topics }
        const text = 'the broker is too old to check who commits: give the group id alone'
        throw new ProtocolError(errorCodes.UNSUPPORTED_VERSION, text)
      },
      ({ topics: answers }) => {
        for (const { partitions } of answers) for (const { errorCode } of partitions) refuse(errorCode)
      },
      isImplicit ? (isNamed ? namedOffsetCommit : undefined) : explicit.offsetCommit,
    )
  }

  /** Commits or aborts. Answers the identity of the next transaction, where the coordinator gives out a new one. */
  async end(
    { producerId, producerEpoch }: ProducerIdentity,
    outcome: 'commit' | 'abort',
  ): Promise<ProducerIdentity | undefined> {
    const value = { transactionalId: this.#transactionalId, producerId, producerEpoch, committed: outcome === 'commit' }
    const response = await this.#call(
      `the ${outcome}`,
      endTxnRequest,
      endTxnResponse,
      value,
      ({ errorCode }) => refuse(errorCode),
      this.version >= implicitVersion ? undefined : explicit.endTxn,
    )
    if (response.producerEpoch < 0) return undefined
    return { producerId: response.producerId, producerEpoch: response.producerEpoch }
  }

  async #call<Request extends MessageTable, Response extends MessageTable>(
    what: string,
    request: Request,
    response: Response,
    value: PartialMessage<Request> | ((version: number) => PartialMessage<Request>),
    check: (answer: MessageOf<Response>) => void,
    versionMax?: number,
  ): Promise<MessageOf<Response>> {
    const answer = await this.#callAt(this.#key, what, request, response, value, check, versionMax)
    const link = await this.#cluster.coordinator(this.#key)
    if (link.state === 'ready') this.version = link.versions.featureLevel('transaction.version')
    return answer
  }

  /** Tried again for as long as the producer is open: whoever does not want to wait stops waiting, and the outcome is still worth knowing. */
  #callAt<Request extends MessageTable, Response extends MessageTable>(
    of: CoordinatorKey,
    what: string,
    request: Request,
    response: Response,
    value: PartialMessage<Request> | ((version: number) => PartialMessage<Request>),
    check: (answer: MessageOf<Response>) => void,
    versionMax?: number,
  ): Promise<MessageOf<Response>> {
    const attempt = async () => {
      const options = { check, ...(versionMax !== undefined && { versionMax }) }
      const call = () => this.#cluster.callCoordinator(of, request, response, value, options)
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof ProtocolError) || error.errorCode !== errorCodes.CONCURRENT_TRANSACTIONS) throw error
        await sleep(this.#world.clock, markersMs)
        return call()
      }
    }
    return this.#cluster.retrying(`${what} ('${this.#transactionalId}')`, attempt, {
      timeoutMs: Number.POSITIVE_INFINITY,
    })
  }
}

function refuse(errorCode: number): void {
  if (errorCode !== errorCodes.NONE) throw asFenced(errorCode as ErrorCode)
}
