import type { ConfigRows } from '@dorsale/base'

/** What a client metrics subscription says (resource type CLIENT_METRICS). */
export const clientMetricsRows = {
  metrics: {
    type: 'list',
    default: [],
    distinct: true,
    importance: 'medium',
    doc: 'How the names of the wanted metrics begin; `*` for all.',
    effect: { honoured: 'packages/broker/src/telemetry/client-telemetry.test.ts' },
  },
  'interval.ms': {
    type: 'int',
    unit: 'ms',
    default: 300_000,
    importance: 'medium',
    doc: 'How often clients push.',
    effect: { honoured: 'packages/broker/src/telemetry/client-telemetry.test.ts' },
  },
  match: {
    type: 'list',
    default: [],
    distinct: true,
    importance: 'medium',
    doc: 'Which clients push: `key=pattern`, separated by commas.',
    effect: { honoured: 'packages/broker/src/telemetry/client-telemetry.test.ts' },
  },
} as const satisfies ConfigRows
