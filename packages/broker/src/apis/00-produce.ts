/**
 * Produce, key 0, versions 3 to 13: batches of records, appended to their partitions.
 *
 * - v5 answers the log start offset; v7 allows zstd; v8 answers which record was wrong, and why; v9 is flexible; v10 says where the new leader is;
 *   v13 names topics by id. Versions 0 to 2 are advertised, as Kafka does for the sake of old librdkafka, and refused.
 * - Each partition takes one batch and succeeds or fails for itself. Every record is walked before it is appended (D2).
 * - acks: 0 gets no response, and an error closes the connection; 1 and -1 (all) are answered when the bytes are written, since the ISR is this broker;
 *   with -1 the ISR must have `min.insync.replicas`. Another value is INVALID_REQUIRED_ACKS.
 * - Idempotent producers: sequences are checked by the log; a batch that was sent before is answered with its first place, as success.
 * - Consecutive produces of a connection are begun together and share a write (D8). There is one closure per partition, none per record.
 * - Transactions: the first batch of a transaction in a partition waits until the coordinator has let it in (KIP-890). Up to v11 the producer has told the coordinator
 *   itself, from v12 on writing is joining. A transactional batch in a request without a transactional id is TRANSACTIONAL_ID_AUTHORIZATION_FAILED.
 * - Over `producer_byte_rate` the answer comes at once with the time to pause, and the connection is not read until then.
 */
import {
  BatchHeader,
  batchHeaderSize,
  createMessage,
  errorCodes,
  errorOf,
  type ProduceRequest,
  type ProduceRequestPartitionProduceData,
  type ProduceRequestTopicProduceData,
  type ProduceResponse,
  type ProduceResponsePartitionProduceResponse,
  ProtocolError,
  produceResponse,
  type RefusedBatch,
  timestampTypes,
  validateProduceRecords,
} from '@dorsale/protocol'
import type { Appended } from '@dorsale/storage'
import { type Call, defineApi, later } from '../api.ts'
import type { Admission } from '../coordinators/transaction-gate.ts'
import type { BrokerCore } from '../core.ts'
import type { NodeAddress } from '../endpoints.ts'
import type { Partition } from '../partition.ts'
import { isInternalTopic } from '../topic-names.ts'
import { logUnexpected } from '../unexpected.ts'

export const produceKey = 0

export const produceApi = defineApi<ProduceRequest, ProduceResponse>({
  key: produceKey,

  handle(core, request, call) {
    new OpenProduce(core, request, call).start()
    return later
  },

  refuse: (request, errorCode) =>
    createMessage(produceResponse, {
      responses: request.topicData.map(({ name, topicId, partitionData }) => ({
        name,
        topicId,
        partitionResponses: partitionData.map(({ index }) => failed(index, errorCode, null)),
      })),
    }),
})

/** A produce from its arrival until every partition has written or refused. */
class OpenProduce {
  readonly #core: BrokerCore
  readonly #request: ProduceRequest
  readonly #call: Call<ProduceResponse>
  readonly #mayWrite: (topic: string) => boolean
  readonly #responses: ProduceResponse['responses'] = []
  /** Appends whose bytes are not written yet, and one for the loop that begins them. */
  #openCount = 1
  /** A log moved to another directory while it wrote: the copy has told of what it was handed, and the old one may still be writing. */
  #mayBeUnderWay = false

  constructor(core: BrokerCore, request: ProduceRequest, call: Call<ProduceResponse>) {
    this.#core = core
    this.#request = request
    this.#call = call
    this.#mayWrite = call.rights.allows('WRITE', 'TOPIC')
  }

  start(): void {
    if (!this.#mayWriteInTransaction()) {
      this.#refuseAll(errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
      return
    }
    for (const { name, topicId, partitionData } of this.#request.topicData) {
      const topic = this.#call.apiVersion >= 13 ? this.#core.image.topicsById.get(topicId)?.name : name
      this.#responses.push({
        name,
        topicId,
        partitionResponses: partitionData.map(data => this.#append(topic, data)),
      })
    }
    this.#closeOne()
  }

  /** Kafka looks at this before it looks at any partition: nothing is written of a request whose transaction is another's. */
  #mayWriteInTransaction(): boolean {
    const { rights } = this.#call
    const { transactionalId, topicData } = this.#request
    if (!rights.areLimited || transactionalId === null || !topicData.some(holdsTransactional)) return true
    return rights.may('WRITE', 'TRANSACTIONAL_ID', transactionalId)
  }

  #refuseAll(errorCode: number): void {
    const { acks } = this.#request
    if (acks === 0) this.#call.refuse(`a produce with acks=0 failed: ${errorOf(errorCode).name}`)
    else this.#call.reply(produceApi.refuse(this.#request, errorCode, this.#call.apiVersion) as ProduceResponse)
  }

  /** Begins the append; the response that is returned becomes a failure if the write fails. */
  #append(
    topic: string | undefined,
    data: ProduceRequestPartitionProduceData,
  ): ProduceResponsePartitionProduceResponse {
    let partition: Partition | undefined
    try {
      partition = this.#resolve(topic, data.index)
      const nowMs = this.#core.clock.now()
      const rules = this.#core.topicConfigs.produceRules(partition.topic)
      const verdict = validateProduceRecords(data.records ?? noRecords, rules, {
        nowMs,
        apiVersion: this.#call.apiVersion,
      })
      if (!verdict.accepted) return refused(data.index, verdict, partition.log.logStartOffset)
      const response = failed(data.index, errorCodes.NONE, null)
      const appendTimeMs = rules.timestampType === timestampTypes.logAppendTime ? nowMs : -1
      const accepted = { bytes: verdict.bytes, appendTimeMs }
      if (this.#needsAdmission(partition, accepted.bytes)) this.#appendAdmitted(partition, accepted, response)
      else this.#appendNow(partition, accepted, response)
      return response
    } catch (error) {
      return this.#failure(data.index, partition, error)
    }
  }

  /** The partition that may be written to. Throws a `ProtocolError`. */
  #resolve(topic: string | undefined, index: number): Partition {
    if (topic === undefined) throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_ID)
    if (!this.#mayWrite(topic)) throw new ProtocolError(errorCodes.TOPIC_AUTHORIZATION_FAILED)
    const partition = this.#core.replicas.get(topic, index)
    if (partition === undefined) {
      const isElsewhere = this.#core.image.topicsByName.get(topic)?.partitions[index] !== undefined
      throw new ProtocolError(isElsewhere ? errorCodes.NOT_LEADER_OR_FOLLOWER : errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    }
    const { acks } = this.#request
    if (acks !== 0 && acks !== 1 && acks !== acksAll) throw new ProtocolError(errorCodes.INVALID_REQUIRED_ACKS)
    if (isInternalTopic(topic) && this.#call.clientId !== adminClientId) {
      throw new ProtocolError(errorCodes.INVALID_TOPIC_EXCEPTION)
    }
    partition.checkLeader(-1)
    if (acks === acksAll) partition.checkEnoughReplicas(this.#core.topicConfigs.get(topic).minInsyncReplicas)
    return partition
  }

  #appendNow(
    partition: Partition,
    { bytes, appendTimeMs }: Accepted,
    response: ProduceResponsePartitionProduceResponse,
  ): void {
    response.logStartOffset = partition.log.logStartOffset
    const appended = this.#write(partition, bytes, response)
    response.baseOffset = appended.firstOffset
    // For a duplicate Kafka answers the time of the original here, whatever kind of time the topic keeps.
    response.logAppendTimeMs = appended.duplicate ? appended.maxTimestamp : appendTimeMs
  }

  /** Whether the batch is the first of its transaction in this partition, as far as the log knows. */
  #needsAdmission(partition: Partition, batch: Uint8Array): boolean {
    const { isTransactional, producerId, producerEpoch } = new BatchHeader(batch)
    if (!isTransactional) return false
    if (this.#request.transactionalId === null) {
      throw new ProtocolError(errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    }
    if (partition.log.isInTransaction(producerId, producerEpoch)) return false
    return this.#admission === 'added' || this.#core.config.values['transaction.partition.verification.enable']
  }

  get #admission(): Admission {
    const { apiVersion } = this.#call
    if (apiVersion >= implicitTransactionVersion) return 'added'
    return apiVersion >= abortableVersion ? 'verified, abortable' : 'verified'
  }

  /** As `#appendNow`, when the coordinator has let the batch in. */
  #appendAdmitted(partition: Partition, accepted: Accepted, response: ProduceResponsePartitionProduceResponse): void {
    const { producerId, producerEpoch } = new BatchHeader(accepted.bytes)
    const { topic, index } = partition
    this.#openCount++
    this.#core.transactionGate.admit(
      this.#request.transactionalId as string,
      { producerId: BigInt(producerId), producerEpoch },
      [{ topic, partition: index }],
      this.#admission,
      refusal => {
        this.#call.attempt(() => {
          try {
            if (refusal !== undefined) throw this.#admissionError(refusal)
            this.#appendNow(partition, accepted, response)
          } catch (error) {
            Object.assign(response, this.#failure(index, partition, error))
          }
          this.#closeOne()
        })
      },
    )
  }

  /** What the producer is told: a coordinator that is busy is asked again soon, by a producer that tries again. */
  #admissionError(refusal: ProtocolError): ProtocolError {
    if (busyCoordinator.has(refusal.errorCode)) {
      return new ProtocolError(errorCodes.NOT_ENOUGH_REPLICAS, `the transaction coordinator says ${refusal.errorName}`)
    }
    const isAbortable = refusal.errorCode === errorCodes.TRANSACTION_ABORTABLE
    if (isAbortable && this.#admission === 'verified') return new ProtocolError(errorCodes.INVALID_TXN_STATE)
    return refusal
  }

  #write(partition: Partition, records: Uint8Array, response: ProduceResponsePartitionProduceResponse): Appended {
    this.#openCount++
    try {
      const { log } = partition
      return partition.append(records, error => {
        if (error !== undefined) Object.assign(response, this.#failure(response.index, partition, error))
        else if (!partition.isServedBy(log)) this.#mayBeUnderWay = true
        this.#closeOne()
      })
    } catch (error) {
      this.#openCount--
      // A bug may have left the log's state half changed: nobody may build on it.
      if (!(error instanceof ProtocolError)) partition.stop()
      throw error
    }
  }

  #failure(index: number, partition: Partition | undefined, error: unknown): ProduceResponsePartitionProduceResponse {
    let errorCode: number = errorCodes.UNKNOWN_SERVER_ERROR
    if (error instanceof ProtocolError) errorCode = error.errorCode
    else logUnexpected(this.#core.logger, error, { api: 'Produce', topic: partition?.topic, partition: index })
    const response = failed(index, errorCode, null)
    if (partition?.isOnline && saysLogStart(errorCode)) response.logStartOffset = partition.log.logStartOffset
    if (errorCode === errorCodes.NOT_LEADER_OR_FOLLOWER && partition !== undefined && this.#call.apiVersion >= 10) {
      response.currentLeader = { leaderId: partition.leaderId, leaderEpoch: partition.leaderEpoch }
    }
    return response
  }

  #closeOne(): void {
    if (--this.#openCount > 0) return
    this.#call.throttle(this.#core.quotas.produced(this.#call.client, this.#call.requestBytes))
    const wrong = this.#firstFailure()
    if (this.#request.acks !== 0) {
      const nodeEndpoints = this.#newLeaders()
      this.#call.reply({ responses: this.#responses, throttleTimeMs: 0, nodeEndpoints })
    } else if (wrong === undefined) this.#call.replyNothing()
    // The sender waits for no response: a closed connection is how it learns that something is wrong.
    else this.#call.refuse(`a produce with acks=0 failed: ${errorOf(wrong.errorCode).name}`)
    // Its batches are written. What failed may still be under way to the disk.
    if (wrong === undefined && !this.#mayBeUnderWay) this.#call.releaseRequest()
  }

  #firstFailure(): ProduceResponsePartitionProduceResponse | undefined {
    for (const { partitionResponses } of this.#responses) {
      for (const response of partitionResponses) if (response.errorCode !== errorCodes.NONE) return response
    }
    return undefined
  }

  #newLeaders(): NodeAddress[] {
    const leaders = new Map<number, NodeAddress>()
    for (const { partitionResponses } of this.#responses) {
      for (const { currentLeader } of partitionResponses) {
        if (currentLeader.leaderId < 0 || leaders.has(currentLeader.leaderId)) continue
        const address = this.#core.endpoints.find(currentLeader.leaderId, this.#call.connection)
        if (address !== undefined) leaders.set(currentLeader.leaderId, address)
      }
    }
    return [...leaders.values()]
  }
}

/** A batch that has been looked through. */
interface Accepted {
  readonly bytes: Uint8Array
  /** The time that the log gives its records; -1: they keep their own. */
  readonly appendTimeMs: number
}

/** From this version on a batch adds its partition to the transaction. */
const implicitTransactionVersion = 12
/** From this version on a client understands TRANSACTION_ABORTABLE. */
const abortableVersion = 11
const busyCoordinator: ReadonlySet<number> = new Set([
  errorCodes.CONCURRENT_TRANSACTIONS,
  errorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  errorCodes.COORDINATOR_NOT_AVAILABLE,
  errorCodes.NOT_COORDINATOR,
])

const acksAll = -1
/** Kafka's own admin client may write to the internal topics: it is how their content is repaired. */
const adminClientId = '__admin_client'

/** Kafka names the log start with what the log itself refuses (sequences, record contents), not with these. */
function saysLogStart(errorCode: number): boolean {
  return !startlessErrors.has(errorCode)
}

const startlessErrors: ReadonlySet<number> = new Set([
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  errorCodes.NOT_LEADER_OR_FOLLOWER,
  errorCodes.MESSAGE_TOO_LARGE,
  errorCodes.RECORD_LIST_TOO_LARGE,
  errorCodes.CORRUPT_MESSAGE,
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.INVALID_REQUIRED_ACKS,
  errorCodes.NOT_ENOUGH_REPLICAS,
  errorCodes.INVALID_TOPIC_EXCEPTION,
  errorCodes.INVALID_TXN_STATE,
  errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
])

function refused(
  index: number,
  { errorCode, errorMessage, recordErrors }: RefusedBatch,
  logStartOffset: number,
): ProduceResponsePartitionProduceResponse {
  const response = failed(index, errorCode, errorMessage)
  if (saysLogStart(errorCode)) response.logStartOffset = logStartOffset
  response.recordErrors = [...recordErrors]
  return response
}

function failed(
  index: number,
  errorCode: number,
  errorMessage: string | null,
): ProduceResponsePartitionProduceResponse {
  return {
    index,
    errorCode,
    baseOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset: -1,
    recordErrors: [],
    errorMessage,
    currentLeader: noLeader,
  }
}

/** Whether any batch is part of a transaction. What is too short for a batch is refused when its turn comes. */
function holdsTransactional({ partitionData }: ProduceRequestTopicProduceData): boolean {
  return partitionData.some(
    ({ records }) => records !== null && records.length >= batchHeaderSize && new BatchHeader(records).isTransactional,
  )
}

const noRecords = new Uint8Array(0)
const noLeader = { leaderId: -1, leaderEpoch: -1 }
