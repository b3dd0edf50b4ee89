/**
 * Fetch, key 1, versions 4 to 18: batches from partitions, as they lie in the log.
 *
 * - v5 adds the log start offset; v7 sessions (see `fetch-sessions.ts`) and an error of the whole response; v9 the leader epoch that the client
 *   knows; v11 its rack; v12 is flexible, and asks with the epoch of the last record whether the client's log has diverged; v13 names topics by
 *   id; v15 moves the replica id to a tag; v16 answers where the new leader is; v17 and v18 are for followers.
 * - The answer waits until `minBytes` are there, something is wrong, or `maxWaitMs` are over. Waiting costs a place in the purgatory.
 * - Limits: `maxBytes` (at most `fetch.max.bytes`) over all, `partitionMaxBytes` for each partition; the first batch that is found is answered whole
 *   even beyond both, so that a consumer never starves behind a large one. A partition's last batch may be cut: clients expect that.
 * - Bytes are passed on unopened (D2). Readers of committed records get the aborted transactions beside them and filter for themselves.
 * - Over `consumer_byte_rate` the answer comes without records and with the time to pause; no fetch brings more than the quota's windows hold together.
 * - Not done: reads from a follower (there is none, `rackId` has no effect), followers' fetches (a replica id that is no replica gets Kafka's error).
 */
import {
  BatchCursor,
  createMessage,
  errorCodes,
  type FetchRequest,
  type FetchResponse,
  type FetchResponseFetchableTopicResponse,
  type FetchResponsePartitionData,
  fetchResponse,
  ProtocolError,
} from '@dorsale/protocol'
import type { BufferLease, LogRead } from '@dorsale/storage'
import { type Call, defineApi, later } from '../api.ts'
import type { BrokerCore } from '../core.ts'
import type { NodeAddress } from '../endpoints.ts'
import type { FetchContext, FetchOutcome, FetchTarget } from '../fetch-sessions.ts'
import type { Partition } from '../partition.ts'
import { logUnexpected } from '../unexpected.ts'

export const fetchKey = 1

export const fetchApi = defineApi<FetchRequest, FetchResponse>({
  key: fetchKey,

  handle(core, request, call) {
    const context = core.fetchSessions.begin(request, call.apiVersion)
    if (typeof context === 'number') return createMessage(fetchResponse, { errorCode: context })
    new OpenFetch(core, request, call, context).start()
    return later
  },

  refuse(request, errorCode, apiVersion) {
    return createMessage(fetchResponse, {
      errorCode: apiVersion >= 7 ? errorCode : errorCodes.NONE,
      responses: request.topics.map(({ topic, topicId, partitions }) => ({
        topic,
        topicId,
        partitions: partitions.map(({ partition }) => emptyPartition(partition, errorCode)),
      })),
    })
  },
})

/** What a read of one partition came to. */
interface Outcome extends FetchOutcome {
  /** Undefined when there is none, which is an error. */
  readonly partition: Partition | undefined
  readonly data: FetchResponsePartitionData
  /** Memory under its records. */
  readonly lease: BufferLease | undefined
}

/** A fetch from its arrival to its answer: one read of all its partitions, and further ones while it has to wait. */
class OpenFetch {
  readonly #core: BrokerCore
  readonly #request: FetchRequest
  readonly #call: Call<FetchResponse>
  readonly #context: FetchContext
  readonly #mayReadAny: boolean
  readonly #mayRead: (topic: string) => boolean
  readonly #deadlineMs: number
  readonly #bytesMin: number
  readonly #bytesMax: number
  #parked: { cancel(): void } | undefined
  #abandoned = false

  constructor(core: BrokerCore, request: FetchRequest, call: Call<FetchResponse>, context: FetchContext) {
    this.#core = core
    this.#request = request
    this.#call = call
    this.#context = context
    const isFollower = this.#replicaId >= 0
    // Other brokers read every topic, or none.
    this.#mayReadAny = !isFollower || call.rights.may('CLUSTER_ACTION', 'CLUSTER')
    this.#mayRead = isFollower ? () => true : call.rights.allows('READ', 'TOPIC')
    this.#deadlineMs = core.clock.monotonic() + request.maxWaitMs
    const quotaBytes = core.quotas.fetchBytesMax(call.client)
    this.#bytesMax = Math.min(request.maxBytes, core.config.values['fetch.max.bytes'], quotaBytes)
    this.#bytesMin = Math.min(request.minBytes, this.#bytesMax)
    call.onAbandoned(() => {
      this.#abandoned = true
      this.#parked?.cancel()
    })
  }

  /** Reads; then answers or parks. What it throws is answered by the call. */
  start(): void {
    if (this.#abandoned) return
    const room = Math.min(this.#bytesMax, this.#core.replyBudget.room)
    this.#readOn(this.#context.targets.values(), [], room)
  }

  /**
   * Reads the targets one after the other, since each read leaves less room for the next; goes on by itself after a read that had
   * to wait for the disk.
   */
  #readOn(targets: Iterator<FetchTarget>, outcomes: Outcome[], roomBytes: number): void {
    let room = roomBytes
    let hasRecords = outcomes.some(outcome => outcome.recordBytes > 0)
    for (let step = targets.next(); step.done !== true; step = targets.next()) {
      const outcome = this.#read(step.value, room, !hasRecords)
      if (outcome instanceof Promise) {
        const roomThen = room
        outcome.then(read =>
          this.#call.attempt(() => {
            this.#keep(outcomes, read)
            this.#readOn(targets, outcomes, Math.max(roomThen - read.recordBytes, 0))
          }),
        )
        return
      }
      this.#keep(outcomes, outcome)
      room = Math.max(room - outcome.recordBytes, 0)
      hasRecords ||= outcome.recordBytes > 0
    }
    this.#answerOrPark(outcomes)
  }

  /** Never throws, and its promise never rejects: an error is an outcome. */
  #read(target: FetchTarget, room: number, minOneBatch: boolean): Outcome | Promise<Outcome> {
    let partition: Partition | undefined
    try {
      partition = this.#resolve(target)
      // Here alone, any number below 0 says nothing.
      partition.checkLeader(Math.max(target.currentLeaderEpoch, -1))
      const diverging = this.#divergence(partition, target)
      if (diverging !== undefined)
        return succeed(target, partition, noRecords, { diverging, ...this.#marks(partition) })
      const { log } = partition
      const { fetchOffset } = target
      const upperBound = partition.readableEnd(this.#request.isolationLevel)
      if (!(fetchOffset >= log.logStartOffset && fetchOffset <= log.logEndOffset)) {
        throw new ProtocolError(errorCodes.OFFSET_OUT_OF_RANGE)
      }
      const marks = this.#marks(partition)
      const maxBytes = Math.min(Math.max(target.partitionMaxBytes, 0), room)
      if (fetchOffset >= upperBound || (maxBytes === 0 && !minOneBatch)) {
        return succeed(target, partition, noRecords, marks)
      }
      const found = partition
      const finish = (read: LogRead): Outcome => {
        if (read.firstBatchIncomplete) giveBack([read])
        const { records, lease } = read.firstBatchIncomplete ? nothingRead : read
        return succeed(target, found, records, { ...marks, ...this.#aborted(found, fetchOffset, records), lease })
      }
      const read = log.read({ offset: fetchOffset, maxBytes, minOneBatch, upperBound })
      if (!(read instanceof Promise)) return finish(read)
      const { replyBudget } = this.#core
      replyBudget.reserve(maxBytes)
      return read
        .then(finish)
        .catch(error => this.#failed(target, found, error))
        .finally(() => replyBudget.release(maxBytes))
    } catch (error) {
      return this.#failed(target, partition, error)
    }
  }

  /** The partition that a target means. Throws UNKNOWN_TOPIC_ID or UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED; NOT_LEADER_OR_FOLLOWER to a follower that is none. */
  #resolve({ topic, topicId, partition: index }: FetchTarget): Partition {
    const { image, replicas } = this.#core
    if (!this.#mayReadAny) throw new ProtocolError(errorCodes.TOPIC_AUTHORIZATION_FAILED)
    let name: string | undefined = topic
    if (this.#call.apiVersion >= 13) {
      name = image.topicsById.get(topicId)?.name
      if (name === undefined) throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_ID)
    }
    if (!this.#mayRead(name)) throw new ProtocolError(errorCodes.TOPIC_AUTHORIZATION_FAILED)
    const partition = replicas.get(name, index)
    if (partition === undefined) {
      const isElsewhere = image.topicsByName.get(name)?.partitions[index] !== undefined
      throw new ProtocolError(isElsewhere ? errorCodes.NOT_LEADER_OR_FOLLOWER : errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    }
    if (this.#replicaId >= 0) throw new ProtocolError(errorCodes.NOT_LEADER_OR_FOLLOWER)
    return partition
  }

  get #replicaId(): number {
    return this.#call.apiVersion >= 15 ? this.#request.replicaState.replicaId : this.#request.replicaId
  }

  /** Where the log that the client has seen left ours (KIP-595); undefined when it did not, or the client did not ask. */
  #divergence(partition: Partition, { lastFetchedEpoch, fetchOffset }: FetchTarget) {
    if (lastFetchedEpoch < 0) return undefined
    const { leaderEpoch, endOffset } = partition.log.endOffsetForEpoch(lastFetchedEpoch)
    if (leaderEpoch < 0 || endOffset < 0) throw new ProtocolError(errorCodes.OFFSET_OUT_OF_RANGE)
    return leaderEpoch < lastFetchedEpoch || endOffset < fetchOffset ? { epoch: leaderEpoch, endOffset } : undefined
  }

  #marks({ log }: Partition): Marks {
    return {
      highWatermark: log.highWatermark,
      lastStableOffset: log.lastStableOffset,
      logStartOffset: log.logStartOffset,
      abortedTransactions: this.#request.isolationLevel === readCommitted ? [] : null,
    }
  }

  #aborted(partition: Partition, offset: number, records: Uint8Array) {
    if (this.#request.isolationLevel !== readCommitted || records.length === 0) return undefined
    const upperBound = endOffsetOf(records)
    return {
      abortedTransactions: partition.log
        .abortedTransactions({ offset, upperBound })
        .map(({ producerId, firstOffset }) => ({ producerId: BigInt(producerId), firstOffset })),
    }
  }

  #failed(target: FetchTarget, partition: Partition | undefined, error: unknown): Outcome {
    let errorCode: number = errorCodes.UNKNOWN_SERVER_ERROR
    if (error instanceof ProtocolError) errorCode = error.errorCode
    else logUnexpected(this.#core.logger, error, { api: 'Fetch', topic: partition?.topic, partition: target.partition })
    const data = emptyPartition(target.partition, errorCode)
    if (partition !== undefined) data.abortedTransactions = null
    const wasLed = errorCode === errorCodes.NOT_LEADER_OR_FOLLOWER || errorCode === errorCodes.FENCED_LEADER_EPOCH
    if (wasLed && partition !== undefined && this.#call.apiVersion >= 16) {
      data.currentLeader = { leaderId: partition.leaderId, leaderEpoch: partition.leaderEpoch }
    }
    return {
      target,
      partition,
      data,
      errorCode,
      highWatermark: -1,
      logStartOffset: -1,
      recordBytes: 0,
      diverging: false,
      lease: undefined,
    }
  }

  #keep(outcomes: Outcome[], outcome: Outcome): void {
    this.#core.replyBudget.reserve(outcome.recordBytes)
    outcomes.push(outcome)
  }

  #answerOrPark(outcomes: Outcome[]): void {
    const bytes = outcomes.reduce((sum, outcome) => sum + outcome.recordBytes, 0)
    // In this step they become the transport's, or nobody's.
    this.#core.replyBudget.release(bytes)
    if (this.#abandoned) {
      giveBack(outcomes)
      return
    }
    let mustAnswer = outcomes.length === 0
    let hasMoved = false
    for (const { errorCode, diverging, partition, data } of outcomes) {
      if (errorCode !== errorCodes.NONE || diverging) mustAnswer = true
      // More came while a later partition was read from the disk.
      else if (!partition!.isOnline || partition!.log.highWatermark !== data.highWatermark) hasMoved = true
    }
    const waitMs = this.#deadlineMs - this.#core.clock.monotonic()
    const { isClosed } = this.#core.purgatory
    if (mustAnswer || bytes >= this.#bytesMin || waitMs <= 0 || isClosed) this.#answer(outcomes)
    else {
      // What was read is read again.
      giveBack(outcomes)
      if (hasMoved) this.start()
      else this.#park(outcomes, { bytesWanted: this.#bytesMin - bytes, waitMs })
    }
  }

  #park(outcomes: readonly Outcome[], until: { bytesWanted: number; waitMs: number }): void {
    this.#parked = this.#core.purgatory.park({
      watched: outcomes.map(({ partition }) => partition!.fetchers),
      ...until,
      complete: () => this.#call.attempt(() => this.start()),
    })
  }

  #answer(outcomes: Outcome[]): void {
    const bytes = outcomes.reduce((sum, { recordBytes }) => sum + recordBytes, 0)
    const throttleMs = this.#core.quotas.fetched(this.#call.client, bytes)
    this.#call.throttle(throttleMs)
    if (throttleMs > 0) {
      giveBack(outcomes)
      const answer = this.#context.withhold()
      const isError = typeof answer === 'number'
      this.#call.reply(createMessage(fetchResponse, isError ? { errorCode: answer } : { sessionId: answer.sessionId }))
      return
    }
    const answer = this.#context.finish(outcomes)
    const isError = typeof answer === 'number'
    const response = {
      throttleTimeMs: 0,
      errorCode: isError ? answer : errorCodes.NONE,
      sessionId: isError ? 0 : answer.sessionId,
      responses: isError ? [] : groupByTopic(answer.outcomes),
      nodeEndpoints: isError ? [] : this.#newLeaders(answer.outcomes),
    }
    this.#call.reply(response, () => giveBack(outcomes))
  }

  /** Addresses of the leaders that the answer names. */
  #newLeaders(outcomes: readonly Outcome[]): NodeAddress[] {
    const leaders = new Map<number, NodeAddress>()
    for (const { data } of outcomes) {
      const { leaderId } = data.currentLeader
      if (leaderId < 0 || leaders.has(leaderId)) continue
      const address = this.#core.endpoints.find(leaderId, this.#call.connection)
      if (address !== undefined) leaders.set(leaderId, address)
    }
    return [...leaders.values()]
  }
}

/** What an answer says of a partition beside its records. */
interface Marks {
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
  readonly abortedTransactions: FetchResponsePartitionData['abortedTransactions']
  readonly diverging?: { readonly epoch: number; readonly endOffset: number }
  readonly lease?: BufferLease | undefined
}

function succeed(target: FetchTarget, partition: Partition, records: Uint8Array, marks: Marks): Outcome {
  const { highWatermark, lastStableOffset, logStartOffset, abortedTransactions, diverging, lease } = marks
  return {
    target,
    partition,
    errorCode: errorCodes.NONE,
    highWatermark,
    logStartOffset,
    recordBytes: records.length,
    diverging: diverging !== undefined,
    lease,
    data: {
      partitionIndex: target.partition,
      errorCode: errorCodes.NONE,
      highWatermark,
      lastStableOffset,
      logStartOffset,
      divergingEpoch: diverging ?? noEpochEnd,
      currentLeader: noLeader,
      snapshotId: noSnapshot,
      abortedTransactions,
      preferredReadReplica: -1,
      records,
    },
  }
}

function emptyPartition(partitionIndex: number, errorCode: number): FetchResponsePartitionData {
  return {
    partitionIndex,
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    divergingEpoch: noEpochEnd,
    currentLeader: noLeader,
    snapshotId: noSnapshot,
    abortedTransactions: [],
    preferredReadReplica: -1,
    records: noRecords,
  }
}

/** Partitions keep their order; neighbours of one topic share its entry. */
function groupByTopic(outcomes: readonly Outcome[]): FetchResponseFetchableTopicResponse[] {
  const topics: FetchResponseFetchableTopicResponse[] = []
  for (const { target, data } of outcomes) {
    const { topic, topicId } = target
    const last = topics.at(-1)
    if (last !== undefined && last.topic === topic && last.topicId === topicId) last.partitions.push(data)
    else topics.push({ topic, topicId, partitions: [data] })
  }
  return topics
}

/** Lets the memory under records be used again. */
function giveBack(reads: readonly { readonly lease: BufferLease | undefined }[]): void {
  for (const { lease } of reads) lease?.giveBack()
}

/** Offset after the last whole batch. */
function endOffsetOf(records: Uint8Array): number {
  const cursor = new BatchCursor(records)
  let end = 0
  while (cursor.next()) end = cursor.header.lastOffset + 1
  return end
}

const readCommitted = 1
const noRecords = new Uint8Array(0)
const nothingRead = { records: noRecords, lease: undefined }
const noEpochEnd = { epoch: -1, endOffset: -1 }
const noLeader = { leaderId: -1, leaderEpoch: -1 }
const noSnapshot = { endOffset: -1, epoch: -1 }
