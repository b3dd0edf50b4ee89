import type { FaultScope } from '../world/faults.ts'
import type { Mutant } from './mutants.ts'

const coordinate = 'packages/coordinate/src'
const broker = 'packages/broker/src'
const client = 'packages/client/src'
const shares = { workload: 'shares', durability: 'process' } as const
const deaths: Partial<FaultScope> = { kinds: ['kill', 'kill-at-call'], processes: ['broker'], countMax: 40 }

/** Mistakes in what broker, coordinator and client do for share groups. */
export const shareMutants: readonly Mutant[] = [
  {
    ...shares,
    name: 'an acknowledgement answered before it is written down',
    file: `${broker}/share/share-partition-host.ts`,
    before: '    persister.write(key, write, {\n      answer: () => settle(undefined),',
    after: '    settle(undefined)\n    persister.write(key, write, {\n      answer: () => {},',
    focus: deaths,
    from: 20,
  },
  {
    ...shares,
    name: 'locks that never end',
    file: `${coordinate}/share/share-partition.ts`,
    before: 'run.pending !== undefined || run.lockedUntilMs > nowMs) continue',
    after: 'run.pending !== undefined || run.lockedUntilMs > 0) continue',
  },
  {
    ...shares,
    name: 'locks that end early',
    file: `${coordinate}/share/share-partition.ts`,
    before: 'run.lockedUntilMs = nowMs + lockDurationMs',
    after: 'run.lockedUntilMs = nowMs + lockDurationMs / 4',
  },
  {
    ...shares,
    name: 'locks that are renewed and end all the same',
    file: `${coordinate}/share/acknowledge.ts`,
    before: 'else if (isRenewEnabled) run.lockedUntilMs = lockedUntilMs',
    after: 'else if (isRenewEnabled) run.lockedUntilMs = Math.min(run.lockedUntilMs, lockedUntilMs)',
  },
  {
    ...shares,
    name: 'what is released is archived',
    file: `${coordinate}/share/acknowledge.ts`,
    before: '  deliveryStates.acknowledged,\n  deliveryStates.available,',
    after: '  deliveryStates.acknowledged,\n  deliveryStates.archived,',
  },
  {
    ...shares,
    name: 'deliveries that are not counted',
    file: `${coordinate}/share/share-partition.ts`,
    before: 'run.deliveryCount++',
    after: 'run.deliveryCount = 1',
  },
  {
    ...shares,
    name: 'one delivery more than the limit',
    file: `${coordinate}/share/share-partition.ts`,
    before: 'deliveryStates.available && deliveryCount >= deliveryCountMax',
    after: 'deliveryStates.available && deliveryCount > deliveryCountMax',
  },
  {
    ...shares,
    name: 'share state read without its last update',
    file: `${coordinate}/share-state/share-state-shard.ts`,
    before: 'step.answer(replier, entry.state)',
    after: 'step.answer(replier, { ...entry.state, stateBatches: entry.state.stateBatches.slice(0, -1) })',
    focus: deaths,
  },
  {
    ...shares,
    name: 'acknowledgements of an old share session taken',
    from: 2,
    file: `${broker}/share/share-sessions.ts`,
    before: 'if (session.epoch !== epoch) throw new ProtocolError(errorCodes.INVALID_SHARE_SESSION_EPOCH)',
    after: '',
  },
  {
    ...shares,
    name: 'records of others acknowledged',
    from: 276,
    file: `${coordinate}/share/acknowledge.ts`,
    before: 'state !== deliveryStates.acquired || memberId !== expectedMemberId',
    after: "state !== deliveryStates.acquired || expectedMemberId === ''",
  },
  {
    ...shares,
    name: 'aborted records delivered',
    file: `${broker}/share/open-share-fetch.ts`,
    before: 'transactions.length === 0 ? [] : abortedBatches(records, transactions)',
    after: 'transactions.length >= 0 ? [] : abortedBatches(records, transactions)',
    from: 20,
  },
  {
    ...shares,
    name: 'acknowledgements that are lost taken for confirmed',
    file: `${client}/share/share-fetcher.ts`,
    before: '      this.#settleAll(this.#takePending(node), error as Error)',
    after: '      this.#settleEach(this.#takePending(node), new Map())',
  },
  {
    ...shares,
    name: 'a setting of a share group that is read once',
    file: `${broker}/share/share-group-settings.ts`,
    before: "return this.#get(groupId, 'share.record.lock.duration.ms')",
    after: "return ((this as { lockMs?: number }).lockMs ??= this.#get(groupId, 'share.record.lock.duration.ms'))",
    from: 30,
  },
]
