import { type ConfigOf, type ConfigRows, defineConfig } from '@dorsale/base'
import { bootstrapRow, connectionRows } from './connection-rows.ts'

const adminRows = {
  'bootstrap.servers': { ...bootstrapRow, default: [] },
  'bootstrap.controllers': {
    type: 'list',
    default: [],
    importance: 'high',
    doc: 'Controllers to begin with, in place of `bootstrap.servers`: calls go to them alone, and those that only brokers answer are refused (KIP-919).',
    effect: { honoured: 'packages/client/src/admin/controllers.test.ts' },
  },
  ...connectionRows,
  'enable.metrics.push': { ...connectionRows['enable.metrics.push'], default: false },
  'connections.max.idle.ms': { ...connectionRows['connections.max.idle.ms'], default: 300_000n },
  'default.api.timeout.ms': {
    type: 'int',
    unit: 'ms',
    default: 60_000,
    min: 0,
    importance: 'medium',
    doc: 'How long a call may take, with all that is tried again.',
    effect: { honoured: 'packages/client/src/admin/admin.test.ts' },
  },
  retries: {
    type: 'int',
    default: 2_147_483_647,
    min: 0,
    max: 2_147_483_647,
    importance: 'low',
    doc: 'How often a request is sent again after an error that may pass.',
    effect: { honoured: 'packages/client/src/admin/admin.test.ts' },
  },
} as const satisfies ConfigRows

/** The settings of an admin client, under Kafka's keys. */
export const adminTable = defineConfig(adminRows)

/** The settings of an admin client as they are read, under Kafka's keys: [docs/config](../../../config/client-admin.md) has each. */
export interface AdminConfig extends ConfigOf<typeof adminTable> {}
