/**
 * AddPartitionsToTxn, key 24, versions 0 to 5: partitions that a transaction writes to.
 *
 * - Up to v3 a producer sends it, for one transaction; v2 tells fenced producers so by PRODUCER_FENCED; v3 is flexible. From v4 on brokers send it, for several
 *   transactions, to add partitions or only to verify that they were added (KIP-890); v5 knows TRANSACTION_ABORTABLE.
 * - All partitions are added or none: one that does not exist has the others answered OPERATION_NOT_ATTEMPTED. Internal topics are TOPIC_AUTHORIZATION_FAILED.
 */
import {
  type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnRequestTopic,
  type AddPartitionsToTxnRequestTransaction,
  type AddPartitionsToTxnResponse,
  type AddPartitionsToTxnResponseResult,
  type AddPartitionsToTxnResponseTopicResult,
  addPartitionsToTxnResponse,
  createMessage,
  errorCodes,
} from '@dorsale/protocol'
import { type Call, defineApi, later } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'
import { fencedCode } from '../coordinators/transaction-errors.ts'
import type { BrokerCore } from '../core.ts'
import { isInternalTopic } from '../topic-names.ts'

/** From this version on brokers send it. */
const batchVersion = 4
const fencedVersion = 2
const abortableVersion = 5
/** `transaction.version` of a producer that sends it itself, and of one whose broker does. */
const explicitTransactions = 0
const implicitTransactions = 2

export const addPartitionsToTxnApi = defineApi<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>({
  key: 24,

  handle(core, request, call) {
    if (call.apiVersion >= batchVersion) call.rights.require('CLUSTER_ACTION', 'CLUSTER')
    const transactions = transactionsOf(request, call.apiVersion)
    const settle = gather<AddPartitionsToTxnResponseResult>(transactions.length, results =>
      call.reply(answer(results, call.apiVersion)),
    )
    for (const [index, transaction] of transactions.entries()) {
      join(core, transaction, call, topicResults => {
        settle(index, { transactionalId: transaction.transactionalId, topicResults })
      })
    }
    return later
  },

  refuse(request, errorCode, apiVersion) {
    if (apiVersion >= batchVersion) return createMessage(addPartitionsToTxnResponse, { errorCode })
    const results = transactionsOf(request, apiVersion).map(({ transactionalId, topics }) => ({
      transactionalId,
      topicResults: all(topics, errorCode),
    }))
    return answer(results, apiVersion)
  },
})

function transactionsOf(
  request: AddPartitionsToTxnRequest,
  apiVersion: number,
): readonly AddPartitionsToTxnRequestTransaction[] {
  if (apiVersion >= batchVersion) return request.transactions
  return [
    {
      transactionalId: request.v3AndBelowTransactionalId,
      producerId: request.v3AndBelowProducerId,
      producerEpoch: request.v3AndBelowProducerEpoch,
      verifyOnly: false,
      topics: request.v3AndBelowTopics,
    },
  ]
}

function join(
  core: BrokerCore,
  { transactionalId, producerId, producerEpoch, verifyOnly, topics }: AddPartitionsToTxnRequestTransaction,
  { apiVersion, rights }: Call,
  settle: (results: AddPartitionsToTxnResponseTopicResult[]) => void,
): void {
  if (apiVersion < batchVersion && !rights.may('WRITE', 'TRANSACTIONAL_ID', transactionalId)) {
    settle(all(topics, errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED))
    return
  }
  const refused = impossible(core, topics, { apiVersion, rights })
  if (refused !== undefined) {
    settle(refused)
    return
  }
  const fail = (error: { readonly errorCode: number }) => settle(all(topics, codeFor(error.errorCode, apiVersion)))
  const replier = { answer: () => settle(all(topics, errorCodes.NONE)), fail }
  const identity = { producerId, producerEpoch }
  const partitions = topics.flatMap(topic => topic.partitions.map(partition => ({ topic: topic.name, partition })))
  core.transactions.run(
    transactionalId,
    (shard, step) => {
      if (verifyOnly) {
        shard.verifyPartitions(transactionalId, identity, partitions)
        step.answer(replier, undefined)
        return
      }
      const clientTransactionVersion = apiVersion >= batchVersion ? implicitTransactions : explicitTransactions
      shard.addPartitions(step, transactionalId, { identity, partitions, clientTransactionVersion }, replier)
    },
    fail,
  )
}

function codeFor(errorCode: number, apiVersion: number): number {
  const isAbortable = errorCode === errorCodes.TRANSACTION_ABORTABLE
  if (isAbortable && apiVersion < abortableVersion) return errorCodes.INVALID_TXN_STATE
  return fencedCode(errorCode, apiVersion >= fencedVersion)
}

/** The answer, when some of the partitions cannot be added; brokers send what they have looked at themselves. */
function impossible(
  core: BrokerCore,
  topics: readonly AddPartitionsToTxnRequestTopic[],
  { apiVersion, rights }: Pick<Call, 'apiVersion' | 'rights'>,
): AddPartitionsToTxnResponseTopicResult[] | undefined {
  if (apiVersion >= batchVersion) return undefined
  const mayWrite = rights.allows('WRITE', 'TOPIC')
  let isPossible = true
  const results = topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map(partitionIndex => {
      let partitionErrorCode: number = errorCodes.OPERATION_NOT_ATTEMPTED
      if (isInternalTopic(name) || !mayWrite(name)) partitionErrorCode = errorCodes.TOPIC_AUTHORIZATION_FAILED
      else if (core.image.topicsByName.get(name)?.partitions[partitionIndex] === undefined) {
        partitionErrorCode = errorCodes.UNKNOWN_TOPIC_OR_PARTITION
      }
      if (partitionErrorCode !== errorCodes.OPERATION_NOT_ATTEMPTED) isPossible = false
      return { partitionIndex, partitionErrorCode }
    }),
  }))
  return isPossible ? undefined : results
}

function all(
  topics: readonly AddPartitionsToTxnRequestTopic[],
  partitionErrorCode: number,
): AddPartitionsToTxnResponseTopicResult[] {
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map(partitionIndex => ({ partitionIndex, partitionErrorCode })),
  }))
}

function answer(results: AddPartitionsToTxnResponseResult[], apiVersion: number): AddPartitionsToTxnResponse {
  return createMessage(
    addPartitionsToTxnResponse,
    apiVersion >= batchVersion
      ? { resultsByTransaction: results }
      : { resultsByTopicV3AndBelow: results[0]?.topicResults ?? [] },
  )
}
