/**
 * ListTransactions, key 66, versions 0 to 2: the transactional ids of this coordinator (KIP-664).
 *
 * - v1 filters by how long a transaction is open; v2 by a pattern of RE2 (KIP-1152), INVALID_REGULAR_EXPRESSION when it is none.
 * - States that nobody knows are answered as such, each once, and let nothing through. While a partition is loading: COORDINATOR_LOAD_IN_PROGRESS.
 */
import { compileRe2, transactionStates } from '@dorsale/coordinate'
import {
  createMessage,
  errorCodes,
  type ListTransactionsRequest,
  type ListTransactionsResponse,
  type ListTransactionsResponseTransactionState,
  listTransactionsResponse,
  ProtocolError,
} from '@dorsale/protocol'
import { defineApi, later } from '../api.ts'
import { gather } from '../coordinators/repliers.ts'

export const listTransactionsApi = defineApi<ListTransactionsRequest, ListTransactionsResponse>({
  key: 66,

  handle(core, request, call) {
    const { stateFilters, producerIdFilters, durationFilter, transactionalIdPattern } = request
    const filter = {
      states: new Set(stateFilters),
      producerIds: new Set(producerIdFilters),
      durationMs: durationFilter,
      matchesId: matcherOf(transactionalIdPattern),
    }
    const mayDescribe = call.rights.allows('DESCRIBE', 'TRANSACTIONAL_ID')
    const { hosts } = core.transactions
    if (hosts.some(({ isLoading }) => isLoading)) {
      return this.refuse(request, errorCodes.COORDINATOR_LOAD_IN_PROGRESS, call.apiVersion)
    }
    const unknownStateFilters = [...filter.states].filter(name => !Object.hasOwn(transactionStates, name))
    const settle = gather<ListTransactionsResponseTransactionState[]>(hosts.length, parts =>
      call.reply(
        createMessage(listTransactionsResponse, {
          unknownStateFilters,
          transactionStates: parts.flat().filter(({ transactionalId }) => mayDescribe(transactionalId)),
        }),
      ),
    )
    for (const [index, host] of hosts.entries()) {
      const nothing = () => settle(index, [])
      const answer = (states: ListTransactionsResponseTransactionState[]) => settle(index, states)
      host.run((shard, step) => step.answer({ answer, fail: nothing }, shard.list(step, filter)), nothing)
    }
    return later
  },

  refuse: (_request, errorCode) => createMessage(listTransactionsResponse, { errorCode }),
})

function matcherOf(pattern: string | null): ((transactionalId: string) => boolean) | undefined {
  if (pattern === null || pattern === '') return undefined
  try {
    const compiled = compileRe2(pattern)
    return transactionalId => compiled.matches(transactionalId)
  } catch (cause) {
    const text = `the pattern of transactional ids is no regular expression of RE2: ${(cause as Error).message}`
    throw new ProtocolError(errorCodes.INVALID_REGULAR_EXPRESSION, text, { cause })
  }
}
