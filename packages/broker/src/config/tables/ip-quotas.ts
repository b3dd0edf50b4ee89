import type { ConfigRows } from '@dorsale/base'
import { intMax } from './limits.ts'

/** Quotas of client addresses, set by AlterClientQuotas. */
export const ipQuotaRows = {
  connection_creation_rate: {
    type: 'int',
    unit: '1/s',
    default: intMax,
    min: 0,
    importance: 'medium',
    doc: 'How many connections per second an address may open.',
    effect: { honoured: 'packages/broker/src/quotas/quotas.test.ts' },
  },
} as const satisfies ConfigRows
