import type { ConfigRows } from '@dorsale/base'
import { intMax, longMax } from './limits.ts'

/** Quotas of users and clients, set by AlterClientQuotas. */
export const clientQuotaRows = {
  producer_byte_rate: {
    type: 'long',
    unit: 'bytes/s',
    default: longMax,
    importance: 'medium',
    doc: 'How much a client may produce per second.',
    effect: { honoured: 'packages/broker/src/quotas/quotas.test.ts' },
  },
  consumer_byte_rate: {
    type: 'long',
    unit: 'bytes/s',
    default: longMax,
    importance: 'medium',
    doc: 'How much a client may fetch per second.',
    effect: { honoured: 'packages/broker/src/quotas/quotas.test.ts' },
  },
  request_percentage: {
    type: 'double',
    unit: '%',
    default: intMax,
    importance: 'medium',
    doc: "How much of the broker's time a client may take, in hundredths of one thread.",
    effect: { honoured: 'packages/broker/src/quotas/quotas.test.ts' },
  },
  controller_mutation_rate: {
    type: 'double',
    unit: '1/s',
    default: intMax,
    importance: 'medium',
    doc: 'How many partitions a client may create or delete per second.',
    effect: { honoured: 'packages/broker/src/quotas/quotas.test.ts' },
  },
} as const satisfies ConfigRows
