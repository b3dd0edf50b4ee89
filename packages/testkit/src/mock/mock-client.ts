import type { KafkaMetric, MetricName } from '@dorsale/client'

/** What the mocks of all clients have: no metrics of their own, and those that the application registers. */
export abstract class MockClient {
  readonly #subscribedMetrics = new Set<KafkaMetric>()

  /** Nothing is measured. */
  metrics(): ReadonlyMap<MetricName, KafkaMetric> {
    return new Map()
  }

  /** `mock`: no broker knows it. */
  async clientInstanceId(): Promise<string> {
    return 'mock'
  }

  /** See `subscribedMetrics`. */
  registerMetricForSubscription(metric: KafkaMetric): void {
    this.#subscribedMetrics.add(metric)
  }

  /** Has it pushed no more. */
  unregisterMetricFromSubscription(metric: KafkaMetric): void {
    this.#subscribedMetrics.delete(metric)
  }

  /** What the application has registered to be pushed to brokers. */
  get subscribedMetrics(): readonly KafkaMetric[] {
    return [...this.#subscribedMetrics]
  }
}
