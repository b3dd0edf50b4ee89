import type { ConfigRows } from '@dorsale/base'
import { notYet } from './effects.ts'

/** What a client metrics subscription says (resource type CLIENT_METRICS). */
export const clientMetricsRows = {
  metrics: {
    type: 'list',
    default: [],
    distinct: true,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
  'interval.ms': {
    type: 'int',
    default: 300_000,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
  match: {
    type: 'list',
    default: [],
    distinct: true,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
} as const satisfies ConfigRows
