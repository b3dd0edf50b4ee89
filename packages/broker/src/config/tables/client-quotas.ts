import type { ConfigRows } from '@dorsale/base'
import { noQuotas } from './effects.ts'
import { intMax, longMax } from './limits.ts'

/** Quotas of users and clients, set by AlterClientQuotas. */
export const clientQuotaRows = {
  producer_byte_rate: {
    type: 'long',
    unit: 'bytes/s',
    default: longMax,
    importance: 'medium',
    doc: 'How much a client may produce per second.',
    effect: noQuotas,
  },
  consumer_byte_rate: {
    type: 'long',
    unit: 'bytes/s',
    default: longMax,
    importance: 'medium',
    doc: 'How much a client may fetch per second.',
    effect: noQuotas,
  },
  request_percentage: {
    type: 'double',
    unit: '%',
    default: intMax,
    importance: 'medium',
    doc: "How much of the broker's time a client may take, in hundredths of one thread.",
    effect: noQuotas,
  },
  controller_mutation_rate: {
    type: 'double',
    unit: '1/s',
    default: intMax,
    importance: 'medium',
    doc: 'How many partitions a client may create or delete per second.',
    effect: noQuotas,
  },
} as const satisfies ConfigRows
