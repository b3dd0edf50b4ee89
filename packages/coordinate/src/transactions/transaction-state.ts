/**
 * The states of a transactional id, by the numbers that the log has for them.
 *
 * ```
 *   Empty ----> Ongoing ----> PrepareCommit ----> CompleteCommit --+
 *     ^            |                                               |
 *     |            +--------> PrepareAbort -----> CompleteAbort ---+--> Ongoing (the next transaction), or Empty (a new producer)
 * ```
 *
 * Prepared is decided: whatever happens, the markers are written, and then the state is complete. Two of Kafka's states are never written: Dead (the id
 * expired, its record is deleted) and PrepareEpochFence (an abort that the coordinator begins; here it is one step).
 */
export const transactionStates = {
  Empty: 0,
  Ongoing: 1,
  PrepareCommit: 2,
  PrepareAbort: 3,
  CompleteCommit: 4,
  CompleteAbort: 5,
  Dead: 6,
  PrepareEpochFence: 7,
} as const

export type TransactionStateName = keyof typeof transactionStates

export const transactionStateNames: ReadonlyMap<number, TransactionStateName> = new Map(
  Object.entries(transactionStates).map(([name, number]) => [number, name as TransactionStateName]),
)

/** Decided, and not complete yet: the id is busy, and the answer to everybody is CONCURRENT_TRANSACTIONS. */
export function isPrepared(state: TransactionStateName): boolean {
  return state === 'PrepareCommit' || state === 'PrepareAbort'
}

/** No transaction is open and none is being ended. */
export function isAtRest(state: TransactionStateName): boolean {
  return state === 'Empty' || state === 'CompleteCommit' || state === 'CompleteAbort'
}
