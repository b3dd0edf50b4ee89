/**
 * DescribeTransactions, key 65, version 0: the state of transactional ids, by their coordinator (KIP-664). One that is not known is
 * TRANSACTIONAL_ID_NOT_FOUND, one of another coordinator NOT_COORDINATOR, each for itself.
 */
import {
  createMessage,
  type DescribeTransactionsRequest,
  type DescribeTransactionsResponse,
  type DescribeTransactionsResponseTransactionState,
  describeTransactionsResponse,
  errorCodes,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'

export const describeTransactionsApi = defineApi<DescribeTransactionsRequest, DescribeTransactionsResponse>({
  key: 65,

  handle(core, { transactionalIds }, call) {
    const settle = gather<DescribeTransactionsResponseTransactionState>(transactionalIds.length, transactionStates =>
      call.reply(createMessage(describeTransactionsResponse, { transactionStates })),
    )
    const mayDescribe = call.rights.allows('DESCRIBE', 'TOPIC')
    for (const [index, transactionalId] of transactionalIds.entries()) {
      const fail = (error: { readonly errorCode: number }) => settle(index, failed(transactionalId, error.errorCode))
      if (!call.rights.may('DESCRIBE', 'TRANSACTIONAL_ID', transactionalId)) {
        fail({ errorCode: errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED })
        continue
      }
      if (transactionalId === '') {
        fail({ errorCode: errorCodes.INVALID_REQUEST })
        continue
      }
      const answer = (state: DescribeTransactionsResponseTransactionState) =>
        settle(index, { ...state, topics: state.topics.filter(({ topic }) => mayDescribe(topic)) })
      const replier = { answer, fail }
      core.transactions.run(
        transactionalId,
        (shard, step) => step.answer(replier, shard.describe(transactionalId)),
        fail,
      )
    }
    return later
  },

  refuse: ({ transactionalIds }, errorCode) =>
    createMessage(describeTransactionsResponse, {
      transactionStates: transactionalIds.map(transactionalId => failed(transactionalId, errorCode)),
    }),
})

function failed(transactionalId: string, errorCode: number): DescribeTransactionsResponseTransactionState {
  return {
    errorCode,
    transactionalId,
    transactionState: '',
    transactionTimeoutMs: 0,
    transactionStartTimeMs: 0,
    producerId: 0n,
    producerEpoch: 0,
    topics: [],
  }
}
