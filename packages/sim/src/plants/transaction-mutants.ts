import type { Mutant } from './mutants.ts'

const coordinate = 'packages/coordinate/src'
const storage = 'packages/storage/src'
const broker = 'packages/broker/src'
const client = 'packages/client/src'
const transactions = { workload: 'transactions', durability: 'process' } as const

/** Mistakes in what coordinator, log and client do for transactions. */
export const transactionMutants: readonly Mutant[] = [
  {
    ...transactions,
    name: 'an EndTxn of an old epoch taken',
    file: `${coordinate}/transactions/end-transaction.ts`,
    before: 'if (known.producerEpoch !== identity.producerEpoch) throw new ProtocolError(errorCodes.PRODUCER_FENCED)',
    after: '',
  },
  {
    ...transactions,
    name: 'an EndTxn of the transaction before taken for this one',
    file: `${coordinate}/transactions/end-transaction.ts`,
    before: '} else requireOutcome(!isAgain)',
    after: '}',
    from: 9,
  },
  {
    ...transactions,
    name: 'a batch that comes late let in without asking the coordinator',
    file: `${broker}/coordinators/transaction-gate.ts`,
    before: '    attempt(0)',
    after: '    done(undefined)',
  },
  {
    ...transactions,
    name: 'the last stable offset one too far',
    file: `${storage}/log/log.ts`,
    before: 'return Math.max(unstable, this.#logStartOffset)',
    after: 'return Math.max(unstable + 1, this.#logStartOffset)',
  },
  {
    ...transactions,
    name: 'the last stable offset goes by the newest transaction',
    file: `${storage}/producer/producer-state.ts`,
    before: '      first = offset\n      break',
    after: '      first = offset',
  },
  {
    ...transactions,
    name: 'aborted transactions not listed',
    file: `${storage}/log/log.ts`,
    before: 'segment.noteAborted({ producerId, firstOffset, lastOffset, lastStableOffset })',
    after: 'if (producerId < 0) segment.noteAborted({ producerId, firstOffset, lastOffset, lastStableOffset })',
  },
  {
    ...transactions,
    name: 'markers written twice',
    file: `${broker}/coordinators/transaction-markers.ts`,
    before: '        openCount++\n        write(topic, index)',
    after: '        openCount += 2\n        write(topic, index)\n        write(topic, index)',
    from: 7,
  },
  {
    ...transactions,
    name: 'a partition without its marker',
    file: `${broker}/coordinators/transaction-markers.ts`,
    before: '        openCount++\n        write(topic, index)',
    after: '        if (openCount > 2) continue\n        openCount++\n        write(topic, index)',
  },
  {
    ...transactions,
    name: 'every marker commits',
    file: `${broker}/coordinators/transaction-markers.ts`,
    before: 'const marker = { producerId, producerEpoch, committed, coordinatorEpoch: epoch }',
    after: 'const marker = { producerId, producerEpoch, committed: committed || index > 0, coordinatorEpoch: epoch }',
  },
  {
    ...transactions,
    name: 'offsets that count before their transaction does',
    file: `${coordinate}/groups/offsets/offset-store.ts`,
    before: 'if (origin.producerId === -1n) {',
    after: 'if (origin.producerId >= -1n) {',
  },
  {
    ...transactions,
    name: 'offsets of aborted transactions that count',
    file: `${coordinate}/groups/offsets/offset-store.ts`,
    before: 'if (table === undefined || !committed) return',
    after: 'if (table === undefined) return',
  },
  {
    ...transactions,
    name: 'a transaction that is never timed out',
    file: `${coordinate}/transactions/transaction-shard.ts`,
    before: 'decideAbort(this.#context, step, transaction)',
    after: '',
  },
  {
    ...transactions,
    name: 'decisions forgotten at a restart',
    file: `${coordinate}/transactions/transaction-shard.ts`,
    before: 'if (isPrepared(transaction.state))',
    after: 'if (false)',
    from: 45,
  },
  {
    ...transactions,
    name: 'offsets sent without the generation of their member',
    file: `${client}/transactions/transaction-coordinator.ts`,
    before: "const { groupId, generationId = -1, memberId = '', groupInstanceId = null } = group",
    after: "const { groupId } = group, generationId = -1, memberId = '', groupInstanceId = null",
    focus: { kinds: ['stop'], countMax: 40 },
    from: 28,
  },
]
