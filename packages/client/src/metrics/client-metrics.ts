import type { ConfigOfRows } from '@dorsale/base'
import type { metricsRows } from '../config/metrics-rows.ts'
import { clientSoftware } from '../network/api-versions.ts'
import type { ClientWorld } from '../world.ts'
import { type ClientKind, ConnectionMetrics } from './connection-metrics.ts'
import { Metrics } from './metrics.ts'

/** The figures that every client has. */
export interface ClientMetrics {
  readonly metrics: Metrics
  readonly connections: ConnectionMetrics
}

export function clientMetrics(
  world: ClientWorld,
  kind: ClientKind,
  config: ConfigOfRows<typeof metricsRows> & { readonly 'client.id': string },
): ClientMetrics {
  const metrics = new Metrics({
    clock: world.clock,
    windows: {
      count: config['metrics.num.samples'],
      windowMs: Math.max(1, Number(config['metrics.sample.window.ms'])),
    },
    clientId: config['client.id'],
  })
  const startMs = world.clock.now()
  metrics.gauge('app-info', 'version', 'The version of the client.', () => clientSoftware.clientSoftwareVersion)
  metrics.gauge('app-info', 'start-time-ms', 'When the client was made, in milliseconds since 1970.', () => startMs)
  return { metrics, connections: new ConnectionMetrics(metrics, kind) }
}
