import type { ConfigRows } from '@dorsale/base'
import { oneReplica } from './effects.ts'
import { longMax } from './limits.ts'

/** Quotas of a broker's replication. Kafka takes them as dynamic settings of a broker and in no file. */
export const brokerQuotaRows = {
  'leader.replication.throttled.rate': {
    type: 'long',
    unit: 'bytes/s',
    default: longMax,
    min: 0n,
    importance: 'medium',
    update: 'cluster-wide',
    doc: 'How much a broker sends per second to the throttled replicas that follow it.',
    effect: oneReplica,
  },
  'follower.replication.throttled.rate': {
    type: 'long',
    unit: 'bytes/s',
    default: longMax,
    min: 0n,
    importance: 'medium',
    update: 'cluster-wide',
    doc: 'How much a broker fetches per second for its throttled replicas.',
    effect: oneReplica,
  },
  'replica.alter.log.dirs.io.max.bytes.per.second': {
    type: 'long',
    unit: 'bytes/s',
    default: longMax,
    min: 0n,
    importance: 'medium',
    update: 'cluster-wide',
    doc: 'How much is copied per second between the log directories of a broker.',
    effect: { honoured: 'packages/broker/src/replica-moves.test.ts' },
  },
} as const satisfies ConfigRows
