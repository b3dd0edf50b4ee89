import type { ConfigRows } from '@dorsale/base'
import { notYet } from './effects.ts'
import { intMax, longMax } from './limits.ts'

/** Quotas of users and clients, set by AlterClientQuotas. */
export const clientQuotaRows = {
  producer_byte_rate: {
    type: 'long',
    default: longMax,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
  consumer_byte_rate: {
    type: 'long',
    default: longMax,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
  request_percentage: {
    type: 'double',
    default: intMax,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
  controller_mutation_rate: {
    type: 'double',
    default: intMax,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
} as const satisfies ConfigRows
