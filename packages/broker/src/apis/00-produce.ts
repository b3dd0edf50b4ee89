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
 * - Not done: transactions (a transactional batch is INVALID_TXN_STATE), quotas (the throttle time is 0).
 */
import {
  createMessage,
  errorCodes,
  errorOf,
  InvalidRecordsError,
  type ProduceRequest,
  type ProduceRequestPartitionProduceData,
  type ProduceResponse,
  type ProduceResponsePartitionProduceResponse,
  ProtocolError,
  produceResponse,
} from '@dorsale/protocol'
import { type Call, defineApi, later } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import type { NodeAddress } from '../endpoints.ts'
import type { Partition } from '../partition.ts'
import { type ProducedRecords, validateProduced } from '../produced-records.ts'
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
  readonly #responses: ProduceResponse['responses'] = []
  /** Appends whose bytes are not written yet, and one for the loop that begins them. */
  #openCount = 1

  constructor(core: BrokerCore, request: ProduceRequest, call: Call<ProduceResponse>) {
    this.#core = core
    this.#request = request
    this.#call = call
  }

  start(): void {
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

  /** Begins the append; the response that is returned becomes a failure if the write fails. */
  #append(topic: string | undefined, data: ProduceRequestPartitionProduceData): ProduceResponsePartitionProduceResponse {
    let partition: Partition | undefined
    let produced: ProducedRecords | undefined
    try {
      if (!isAcks(this.#request.acks)) throw new ProtocolError(errorCodes.INVALID_REQUIRED_ACKS)
      if (topic === undefined) throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_ID)
      partition = this.#partition(topic, data.index)
      if (isInternalTopic(topic) && this.#call.clientId !== adminClientId) {
        throw new ProtocolError(errorCodes.INVALID_TOPIC_EXCEPTION, `Cannot append to internal topic ${topic}`)
      }
      partition.checkLeader(-1)
      const config = this.#core.topicConfigs.get(topic)
      if (this.#request.acks === acksAll) partition.checkEnoughReplicas(config.minInsyncReplicas)
      produced = validateProduced(data.records, { config, apiVersion: this.#call.apiVersion, now: this.#core.clock.now() })
    } catch (error) {
      return this.#failure(data.index, partition, error)
    }
    const response = succeeded(data.index)
    this.#openCount++
    try {
      response.logStartOffset = partition.log.logStartOffset
      const appended = partition.append(produced.records, error => {
        if (error !== undefined) Object.assign(response, this.#failure(data.index, partition, error))
        this.#closeOne()
      })
      response.baseOffset = appended.firstOffset
      response.logAppendTimeMs = appended.duplicate ? duplicateTime(produced, appended.maxTimestamp) : produced.logAppendTimeMs
      return response
    } catch (error) {
      this.#openCount--
      if (!(error instanceof ProtocolError)) partition.stop()
      return this.#failure(data.index, partition, error)
    }
  }

  #partition(topic: string, index: number): Partition {
    const partition = this.#core.replicas.get(topic, index)
    if (partition !== undefined) return partition
    const isElsewhere = this.#core.image.topicsByName.get(topic)?.partitions[index] !== undefined
    throw new ProtocolError(isElsewhere ? errorCodes.NOT_LEADER_OR_FOLLOWER : errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  }

  #failure(index: number, partition: Partition | undefined, error: unknown): ProduceResponsePartitionProduceResponse {
    if (error instanceof InvalidRecordsError) {
      const response = failed(index, error.errorCode, error.message)
      response.logStartOffset = partition?.isOnline ? partition.log.logStartOffset : -1
      response.recordErrors = error.recordErrors.map(({ index: batchIndex, message }) => ({
        batchIndex,
        batchIndexErrorMessage: message,
      }))
      return response
    }
    if (!(error instanceof ProtocolError)) {
      const where = { api: 'Produce', topic: partition?.topic, partition: index }
      logUnexpected(this.#core.logger, error, where)
      return failed(index, errorCodes.UNKNOWN_SERVER_ERROR, errorOf(errorCodes.UNKNOWN_SERVER_ERROR).text)
    }
    const response = failed(index, error.errorCode, error.message)
    if (error.errorCode === errorCodes.NOT_LEADER_OR_FOLLOWER && partition !== undefined && this.#call.apiVersion >= 10) {
      response.currentLeader = { leaderId: partition.leaderId, leaderEpoch: partition.leaderEpoch }
    }
    return response
  }

  #closeOne(): void {
    if (--this.#openCount > 0) return
    if (this.#request.acks !== 0) {
      const nodeEndpoints = this.#newLeaders()
      this.#call.reply({ responses: this.#responses, throttleTimeMs: 0, nodeEndpoints })
      return
    }
    const wrong = this.#responses.flatMap(topic => topic.partitionResponses).find(each => each.errorCode !== 0)
    // The sender waits for no response: a closed connection is how it learns that something is wrong.
    if (wrong === undefined) this.#call.replyNothing()
    else this.#call.refuse(`a produce with acks=0 failed: ${errorOf(wrong.errorCode).name}`)
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

const acksAll = -1
/** Kafka's own admin client may write to the internal topics: it is how their content is repaired. */
const adminClientId = '__admin_client'

function isAcks(acks: number): boolean {
  return acks === 0 || acks === 1 || acks === acksAll
}

/** The time at which the original was appended, where the topic keeps append times. */
function duplicateTime(produced: ProducedRecords, maxTimestamp: number): number {
  return produced.logAppendTimeMs === -1 ? -1 : maxTimestamp
}

function succeeded(index: number): ProduceResponsePartitionProduceResponse {
  return failed(index, errorCodes.NONE, null)
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

const noLeader = { leaderId: -1, leaderEpoch: -1 }
