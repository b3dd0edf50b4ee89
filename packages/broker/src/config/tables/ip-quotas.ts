import type { ConfigRows } from '@dorsale/base'
import { notYet } from './effects.ts'
import { intMax } from './limits.ts'

/** Quotas of client addresses, set by AlterClientQuotas. */
export const ipQuotaRows = {
  connection_creation_rate: {
    type: 'int',
    default: intMax,
    min: 0,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
} as const satisfies ConfigRows
