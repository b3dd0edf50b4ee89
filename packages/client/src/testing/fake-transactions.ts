/** The transactions of a fake cluster: one coordinator for all ids, in both protocols, with Kafka's checks of epochs and states. */
import {
  type AddOffsetsToTxnRequest,
  type AddPartitionsToTxnRequest,
  type BatchHeader,
  type EndTxnRequest,
  errorCodes,
  type InitProducerIdRequest,
  type TxnOffsetCommitRequest,
} from '@dorsale/protocol'

interface Transaction {
  readonly producerId: bigint
  epoch: number
  isOpen: boolean
  /** Partitions and groups that belong to it, as `topic-0` and `group g`. */
  readonly members: Set<string>
  /** Epoch and outcome of the last one, for an EndTxn that is sent again. */
  ended: { readonly epoch: number; readonly committed: boolean } | undefined
  readonly batches: Uint8Array[]
  readonly offsets: Map<string, number>
}

export class FakeTransactions {
  /** Level of `transaction.version`. */
  version = 2
  readonly #byId = new Map<string, Transaction>()
  readonly #committed = new Set<Uint8Array>()
  /** Offsets that were committed, by `group topic-0`. */
  readonly committedOffsets = new Map<string, number>()
  readonly #takeProducerId: () => bigint

  constructor(takeProducerId: () => bigint) {
    this.#takeProducerId = takeProducerId
  }

  isCommitted(batch: Uint8Array): boolean {
    return this.#committed.has(batch)
  }

  epochOf(transactionalId: string): number {
    return this.#byId.get(transactionalId)!.epoch
  }

  /** Undefined: no request of transactions. */
  handle(name: string, version: number, body: unknown, errorCode: number | undefined): object | undefined {
    switch (name) {
      case 'InitProducerId':
        return errorCode === undefined ? this.#initialize(body as InitProducerIdRequest) : { errorCode }
      case 'AddPartitionsToTxn':
        return this.#addPartitions(body as AddPartitionsToTxnRequest, errorCode)
      case 'AddOffsetsToTxn':
        return { errorCode: errorCode ?? this.#addOffsets(body as AddOffsetsToTxnRequest) }
      case 'TxnOffsetCommit':
        return this.#commitOffsets(body as TxnOffsetCommitRequest, version, errorCode)
      case 'EndTxn':
        return errorCode === undefined ? this.#end(body as EndTxnRequest, version) : { errorCode }
      default:
        return undefined
    }
  }

  /** Why a batch is refused; 0 lets it in. `version` of Produce: from 12 on a batch adds its partition. */
  refusal(header: BatchHeader, place: string, version: number): number {
    const transaction = this.#byProducer(header.producerId)
    if (transaction === undefined) return errorCodes.INVALID_PRODUCER_ID_MAPPING
    if (header.producerEpoch !== transaction.epoch) return errorCodes.INVALID_PRODUCER_EPOCH
    if (version >= 12) {
      transaction.isOpen = true
      transaction.members.add(place)
    }
    return transaction.members.has(place) ? errorCodes.NONE : errorCodes.INVALID_TXN_STATE
  }

  written(header: BatchHeader, batch: Uint8Array): void {
    this.#byProducer(header.producerId)!.batches.push(batch)
  }

  #initialize({ transactionalId, producerId, producerEpoch }: InitProducerIdRequest): object {
    if (transactionalId === null) return { producerId: this.#takeProducerId(), producerEpoch: 0 }
    let transaction = this.#byId.get(transactionalId)
    if (transaction === undefined) {
      transaction = {
        producerId: this.#takeProducerId(),
        epoch: -1,
        isOpen: false,
        members: new Set(),
        ended: undefined,
        batches: [],
        offsets: new Map(),
      }
      this.#byId.set(transactionalId, transaction)
    } else if (producerId >= 0n && (producerId !== transaction.producerId || producerEpoch !== transaction.epoch)) {
      // The answer to the first try was lost.
      const isAgain = producerId === transaction.producerId && producerEpoch === transaction.epoch - 1
      if (isAgain) return { producerId: transaction.producerId, producerEpoch: transaction.epoch }
      return { errorCode: errorCodes.PRODUCER_FENCED }
    }
    settle(transaction, false)
    transaction.epoch++
    return { producerId: transaction.producerId, producerEpoch: transaction.epoch }
  }

  #addPartitions(request: AddPartitionsToTxnRequest, errorCode: number | undefined): object {
    const { v3AndBelowTransactionalId: id, v3AndBelowProducerEpoch: epoch, v3AndBelowTopics: topics } = request
    const transaction = this.#byId.get(id)!
    const code = errorCode ?? (epoch === transaction.epoch ? errorCodes.NONE : errorCodes.PRODUCER_FENCED)
    if (code === errorCodes.NONE) {
      transaction.isOpen = true
      for (const { name, partitions } of topics)
        for (const each of partitions) transaction.members.add(`${name}-${each}`)
    }
    return {
      resultsByTopicV3AndBelow: topics.map(({ name, partitions }) => ({
        name,
        resultsByPartition: partitions.map(partitionIndex => ({ partitionIndex, partitionErrorCode: code })),
      })),
    }
  }

  #addOffsets({ transactionalId, producerEpoch, groupId }: AddOffsetsToTxnRequest): number {
    const transaction = this.#byId.get(transactionalId)!
    if (producerEpoch !== transaction.epoch) return errorCodes.PRODUCER_FENCED
    transaction.isOpen = true
    transaction.members.add(`group ${groupId}`)
    return errorCodes.NONE
  }

  #commitOffsets(request: TxnOffsetCommitRequest, version: number, errorCode: number | undefined): object {
    const { transactionalId, producerEpoch, groupId, topics } = request
    const transaction = this.#byId.get(transactionalId)!
    if (version >= 5) {
      transaction.isOpen = true
      transaction.members.add(`group ${groupId}`)
    }
    let code: number = errorCodes.NONE
    if (producerEpoch !== transaction.epoch) code = errorCodes.INVALID_PRODUCER_EPOCH
    else if (!transaction.members.has(`group ${groupId}`)) code = errorCodes.INVALID_TXN_STATE
    code = errorCode ?? code
    for (const { name, partitions } of code === errorCodes.NONE ? topics : []) {
      for (const { partitionIndex, committedOffset } of partitions) {
        transaction.offsets.set(`${groupId} ${name}-${partitionIndex}`, committedOffset)
      }
    }
    return {
      topics: topics.map(({ name, topicId, partitions }) => ({
        name,
        topicId,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code })),
      })),
    }
  }

  #end({ transactionalId, producerEpoch, committed }: EndTxnRequest, version: number): object {
    const transaction = this.#byId.get(transactionalId)!
    const { ended } = transaction
    const next = () => (version < 5 ? {} : { producerId: transaction.producerId, producerEpoch: transaction.epoch })
    const isAgain = !transaction.isOpen && ended?.epoch === producerEpoch
    if (isAgain) return ended.committed === committed ? next() : { errorCode: errorCodes.INVALID_TXN_STATE }
    if (producerEpoch !== transaction.epoch) return { errorCode: errorCodes.PRODUCER_FENCED }
    if (!transaction.isOpen && !(version >= 5 && !committed)) return { errorCode: errorCodes.INVALID_TXN_STATE }
    if (committed) {
      for (const batch of transaction.batches) this.#committed.add(batch)
      for (const [place, offset] of transaction.offsets) this.committedOffsets.set(place, offset)
    }
    settle(transaction, committed)
    if (version >= 5) transaction.epoch++
    return next()
  }

  #byProducer(producerId: unknown): Transaction | undefined {
    return [...this.#byId.values()].find(each => each.producerId === BigInt(producerId as bigint))
  }
}

function settle(transaction: Transaction, committed: boolean): void {
  transaction.ended = { epoch: transaction.epoch, committed }
  transaction.isOpen = false
  transaction.members.clear()
  transaction.batches.length = 0
  transaction.offsets.clear()
}
