/**
 * TxnOffsetCommit, key 28, versions 0 to 6: offsets of a group that count when the producer's transaction commits.
 *
 * - v2 adds leader epochs; v3 is flexible and says whose offsets they are, so that a member that left its group cannot commit (KIP-447); v4 knows TRANSACTION_ABORTABLE;
 *   from v5 on the offsets join the transaction by being sent (KIP-890), before AddOffsetsToTxn did; v6 names topics by id.
 */
import {
  createMessage,
  errorCodes,
  type TxnOffsetCommitRequest,
  type TxnOffsetCommitRequestTopic,
  type TxnOffsetCommitResponse,
  type TxnOffsetCommitResponseTopic,
  txnOffsetCommitResponse,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { offsetsTopic } from '../coordinators/group-coordinator.ts'
import { replierOf } from '../coordinators/repliers.ts'
import type { Admission } from '../coordinators/transaction-gate.ts'
import type { BrokerCore } from '../core.ts'

const topicIdVersion = 6
const implicitVersion = 5
const abortableVersion = 4

export const txnOffsetCommitApi = defineApi<TxnOffsetCommitRequest, TxnOffsetCommitResponse>({
  key: 28,

  handle(core, request, call) {
    const { transactionalId, groupId, producerId, producerEpoch } = request
    const { apiVersion } = call
    call.rights.require('WRITE', 'TRANSACTIONAL_ID', transactionalId)
    call.rights.require('READ', 'GROUP', groupId)
    const mayRead = call.rights.allows('READ', 'TOPIC')
    const topics = request.topics.map(topic => resolve(core, topic, { apiVersion, mayRead }))
    const replier = replierOf(call, errorCode => respond(topics, () => errorCode))
    const partition = core.groups.partitionOf(groupId)
    if (partition === undefined) return respond(topics, () => errorCodes.NOT_COORDINATOR)
    const known = topics.map(({ name, topicId, partitions, exists }) => ({
      name,
      topicId,
      partitions: partitions.filter(({ partitionIndex }) => exists(partitionIndex)),
    }))
    if (known.every(({ partitions }) => partitions.length === 0)) return respond(topics, () => errorCodes.NONE)
    const producer = { producerId, producerEpoch }
    const commit = () =>
      core.groups.run(
        groupId,
        (shard, step) => {
          const commitRequest = { ...request, topics: known, retentionTimeMs: -1, isTransactional: true }
          const answers = shard.commitOffsets(step, commitRequest, apiVersion)
          const codes = answers.map(({ partitions }) => new Map(partitions.map(each => [each.partitionIndex, each])))
          step.answer(
            replier,
            respond(topics, (at, index) => codes[at]?.get(index)?.errorCode ?? errorCodes.NONE),
          )
        },
        replier.fail,
        producer,
      )
    if (admissionOf(apiVersion) !== 'added' && !core.config.values['transaction.partition.verification.enable']) {
      commit()
      return later
    }
    const place = [{ topic: offsetsTopic, partition }]
    core.transactionGate.admit(transactionalId, producer, place, admissionOf(apiVersion), refusal => {
      call.attempt(() => {
        if (refusal === undefined) commit()
        else call.reply(respond(topics, () => codeFor(refusal.errorCode, apiVersion)))
      })
    })
    return later
  },

  refuse: ({ topics }, errorCode) =>
    respond(
      topics.map(topic => ({ ...topic, unknownError: errorCode, exists: () => true })),
      () => errorCode,
    ),
})

interface ResolvedTopic extends TxnOffsetCommitRequestTopic {
  readonly unknownError: number
  exists(partition: number): boolean
}

function resolve(
  core: BrokerCore,
  topic: TxnOffsetCommitRequestTopic,
  { apiVersion, mayRead }: { apiVersion: number; mayRead: (name: string) => boolean },
): ResolvedTopic {
  const byId = apiVersion >= topicIdVersion
  const image = byId ? core.image.topicsById.get(topic.topicId) : core.image.topicsByName.get(topic.name)
  const name = image?.name ?? topic.name
  const isUnknownId = byId && image === undefined
  const isAllowed = isUnknownId || mayRead(name)
  const missing = isUnknownId ? errorCodes.UNKNOWN_TOPIC_ID : errorCodes.UNKNOWN_TOPIC_OR_PARTITION
  return {
    partitions: topic.partitions,
    name,
    topicId: image?.id ?? topic.topicId,
    unknownError: isAllowed ? missing : errorCodes.TOPIC_AUTHORIZATION_FAILED,
    exists: partition => isAllowed && image?.partitions[partition] !== undefined,
  }
}

function admissionOf(apiVersion: number): Admission {
  if (apiVersion >= implicitVersion) return 'added'
  return apiVersion >= abortableVersion ? 'verified, abortable' : 'verified'
}

/** A client that waits for its coordinator is told that it is busy; an old one knows no TRANSACTION_ABORTABLE. */
function codeFor(errorCode: number, apiVersion: number): number {
  if (errorCode === errorCodes.CONCURRENT_TRANSACTIONS && apiVersion < implicitVersion) {
    return errorCodes.COORDINATOR_LOAD_IN_PROGRESS
  }
  const isAbortable = errorCode === errorCodes.TRANSACTION_ABORTABLE
  return isAbortable && apiVersion < abortableVersion ? errorCodes.INVALID_TXN_STATE : errorCode
}

function respond(
  topics: readonly ResolvedTopic[],
  codeOf: (topicAt: number, partition: number) => number,
): TxnOffsetCommitResponse {
  const answers: TxnOffsetCommitResponseTopic[] = topics.map(
    ({ name, topicId, partitions, unknownError, exists }, at) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: exists(partitionIndex) ? codeOf(at, partitionIndex) : unknownError,
      })),
    }),
  )
  return createMessage(txnOffsetCommitResponse, { topics: answers })
}
