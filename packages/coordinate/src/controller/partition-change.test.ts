import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PartitionImage } from '../metadata/image.ts'
import { directoryOf } from '../testing/test-controller.ts'
import { changePartition, type PartitionChange, type PartitionRules } from './partition-change.ts'

const healthy: PartitionImage = {
  replicas: [1, 2, 3],
  directories: [directoryOf(1), directoryOf(2), directoryOf(3)],
  isr: [1, 2, 3],
  removingReplicas: [],
  addingReplicas: [],
  elr: [],
  lastKnownElr: [],
  leader: 1,
  leaderRecoveryState: 0,
  leaderEpoch: 10,
  partitionEpoch: 20,
}

interface Case {
  readonly before?: Partial<PartitionImage>
  readonly change: PartitionChange
  /** Brokers that may lead; default all. */
  readonly active?: readonly number[]
  readonly minIsr?: number
  readonly elr?: boolean
  /** What the record says besides which partition; undefined: no record. */
  readonly expected: Readonly<Record<string, unknown>> | undefined
}

function check(name: string, { before, change, active = [1, 2, 3], minIsr = 2, elr = true, expected }: Case): void {
  test(name, () => {
    const rules: PartitionRules = {
      topicId: 'AAAAAAAAAAAAAAAAAAAABQ',
      partitionId: 0,
      minInSyncReplicas: minIsr,
      elrEnabled: elr,
      directoriesSupported: true,
      isAcceptableLeader: id => active.includes(id),
    }
    const record = changePartition({ ...healthy, ...before }, change, rules)
    if (record === undefined || expected === undefined) {
      assert.equal(record, expected)
      return
    }
    const nothing: Record<string, unknown> = { leader: -2, leaderRecoveryState: -1, partitionId: 0 }
    const said = Object.entries(record).filter(
      ([field, value]) => field !== 'topicId' && value !== null && value !== nothing[field],
    )
    assert.deepEqual(Object.fromEntries(said), expected)
  })
}

check('nothing changes: no record', { change: { isr: [1, 2, 3] }, expected: undefined })
check('a follower leaves the ISR', { change: { isr: [1, 2] }, expected: { isr: [1, 2] } })
check('a follower leaves an ISR that falls below the minimum: it stays eligible', {
  before: { isr: [1, 2] },
  change: { isr: [1] },
  expected: { isr: [1], eligibleLeaderReplicas: [2] },
})
check('an eligible replica comes back: nobody needs to be eligible', {
  before: { isr: [1], elr: [2] },
  change: { isr: [1, 2] },
  expected: { isr: [1, 2], eligibleLeaderReplicas: [] },
})
check('the leader goes: the first live in-sync replica leads', {
  change: { isr: [2, 3] },
  active: [2, 3],
  expected: { isr: [2, 3], leader: 2 },
})
check('the last in-sync replica goes: the ISR runs empty, the leader is remembered', {
  before: { isr: [1] },
  change: { isr: [] },
  active: [],
  minIsr: 1,
  expected: { isr: [], leader: -1, eligibleLeaderReplicas: [1], lastKnownElr: [1] },
})
check('without ELR the ISR never runs empty', {
  before: { isr: [1] },
  change: { isr: [1] },
  active: [],
  elr: false,
  expected: { leader: -1 },
})
check('an eligible replica comes back to an empty ISR: it leads, cleanly', {
  before: { isr: [], leader: -1, elr: [1, 2], lastKnownElr: [1] },
  change: {},
  active: [2],
  expected: { isr: [2], leader: 2, eligibleLeaderReplicas: [1], lastKnownElr: [] },
})
check('the last leader died uncleanly: it is not eligible', {
  before: { isr: [1] },
  change: { isr: [], uncleanShutdownReplicas: [1] },
  active: [],
  minIsr: 1,
  expected: { isr: [], leader: -1, lastKnownElr: [1] },
})
check('nobody is eligible and the last leader is back: it leads, and the partition is recovering', {
  before: { isr: [], leader: -1, lastKnownElr: [1] },
  change: {},
  active: [1],
  minIsr: 1,
  expected: { isr: [1], leader: 1, leaderRecoveryState: 1, lastKnownElr: [] },
})
check('nobody is eligible and the last leader is not back: nobody leads', {
  before: { isr: [], leader: -1, lastKnownElr: [1] },
  change: {},
  active: [2, 3],
  expected: undefined,
})
check('an unclean election takes any live replica', {
  before: { isr: [1], leader: -1 },
  change: { election: 'unclean' },
  active: [3],
  expected: { isr: [3], leader: 3, leaderRecoveryState: 1 },
})
check('a preferred election goes back to the first replica', {
  before: { leader: 2 },
  change: { election: 'preferred' },
  expected: { leader: 1 },
})
check('a preferred election leaves a leader whose first replica is away', {
  before: { leader: 2, isr: [2, 3] },
  change: { election: 'preferred' },
  active: [2, 3],
  expected: undefined,
})
check('a leader says that it has recovered', {
  before: { leaderRecoveryState: 1, isr: [1] },
  change: { leaderRecoveryState: 0 },
  minIsr: 1,
  expected: { leaderRecoveryState: 0 },
})
check('a replica moves to another directory', {
  change: { directories: new Map([[2, directoryOf(22)]]) },
  expected: { directories: [directoryOf(1), directoryOf(22), directoryOf(3)] },
})
check('a reassignment ends when the added replica is in sync: the removed one leaves, under a new leader epoch', {
  before: {
    replicas: [1, 2, 3, 4],
    directories: [1, 2, 3, 4].map(directoryOf),
    removingReplicas: [3],
    addingReplicas: [4],
  },
  change: { isr: [1, 2, 3, 4] },
  active: [1, 2, 3, 4],
  expected: {
    isr: [1, 2, 4],
    leader: 1,
    replicas: [1, 2, 4],
    directories: [1, 2, 4].map(directoryOf),
    removingReplicas: [],
    addingReplicas: [],
  },
})
