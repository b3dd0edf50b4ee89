/** What brokers want to know of their clients, and of this one (KIP-714). */
import type { KafkaMetric } from '../metrics/metrics.ts'
import type { TelemetryReporter } from '../telemetry/telemetry-reporter.ts'
import type { CallOptions } from './admin-core.ts'
import type { ConfigAdmin, ConfigResource } from './configs.ts'

export interface TelemetryAdmin {
  /**
   * The id that the brokers know this client by, where they take client metrics and `enable.metrics.push` is true, which it is not by itself for an admin client.
   * Rejects with `DORSALE_NO_TELEMETRY` elsewhere, and with `DORSALE_TIMEOUT` after `timeoutMs` (default: `default.api.timeout.ms`).
   */
  clientInstanceId(options?: CallOptions): Promise<string>
  /**
   * Has a figure of the application's pushed to the brokers that ask for it, beside those of the client (KIP-1076): what they call it is `org.apache.kafka.`, its group and its name. It takes the place
   * of one that was called the same (group, name, tags); where the client itself has one, that stays. It is no part of `metrics()`.
   */
  registerMetricForSubscription(metric: KafkaMetric): void
  /** Has it pushed no more. */
  unregisterMetricFromSubscription(metric: KafkaMetric): void
  /** `listConfigResources` of the type `CLIENT_METRICS`. */
  listClientMetricsResources(options?: CallOptions): Promise<ConfigResource[]>
}

export function telemetryAdmin(
  reporter: TelemetryReporter,
  { listConfigResources }: ConfigAdmin,
  { apiTimeoutMs }: { apiTimeoutMs: number },
): TelemetryAdmin {
  return {
    clientInstanceId: ({ timeoutMs = apiTimeoutMs } = {}) => reporter.clientInstanceId({ timeoutMs }),
    registerMetricForSubscription: metric => reporter.register(metric),
    unregisterMetricFromSubscription: metric => reporter.unregister(metric),
    listClientMetricsResources: (options = {}) => listConfigResources({ ...options, types: ['CLIENT_METRICS'] }),
  }
}
