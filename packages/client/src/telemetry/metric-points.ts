import type { KafkaMetric, MetricName } from '../metrics/metrics.ts'
import type { MetricPoint } from './otlp.ts'

/** The name of a figure in telemetry: `producer-node-metrics` and `request-rate` make `org.apache.kafka.producer.node.request.rate`. */
export function telemetryName({ group, name }: Pick<MetricName, 'group' | 'name'>): string {
  const part = (text: string) => text.replace(/-/g, '.').toLowerCase()
  return `org.apache.kafka.${part(group.replace(/-metrics/g, ''))}.${part(name)}`
}

/** What the broker wants: names that begin so; `*` alone is all. */
export function isWanted(name: string, requested: readonly string[]): boolean {
  return (requested.length === 1 && requested[0] === '*') || requested.some(prefix => name.startsWith(prefix))
}

/**
 * Makes points of figures. Sums that are told as deltas count from the last push that was taken: what a push that was refused or lost has counted, the next counts again.
 */
export class MetricPoints {
  readonly #metrics: Iterable<KafkaMetric>
  readonly #onFailed: (error: unknown, name: MetricName) => void
  /** When each sum was first seen, and what was last pushed of it. */
  #pushed = new Map<MetricName, { readonly value: number; readonly atMs: number }>()
  readonly #seenMs = new Map<MetricName, number>()

  /** `onFailed`: a figure of the application's threw instead of telling its value; the others are told. */
  constructor(metrics: Iterable<KafkaMetric>, onFailed: (error: unknown, name: MetricName) => void) {
    this.#metrics = metrics
    this.#onFailed = onFailed
  }

  /** The wanted points now, and what is to be called when they have been taken. */
  collect(options: { readonly requested: readonly string[]; readonly delta: boolean; readonly nowMs: number }): {
    readonly points: MetricPoint[]
    readonly onTaken: () => void
  } {
    const { requested, delta, nowMs } = options
    const points: MetricPoint[] = []
    const taken = new Map<MetricName, { readonly value: number; readonly atMs: number }>()
    for (const metric of this.#metrics) {
      const { metricName } = metric
      const name = telemetryName(metricName)
      if (!isWanted(name, requested)) continue
      const value = this.#valueOf(metric)
      if (typeof value !== 'number' || Number.isNaN(value)) continue
      const attributes = attributesOf(metricName)
      if (!metric.isCumulative) {
        points.push({ name, kind: 'gauge', value, attributes, startMs: 0 })
        continue
      }
      const firstMs = this.#seenMs.get(metricName) ?? nowMs
      this.#seenMs.set(metricName, firstMs)
      const before = delta ? this.#pushed.get(metricName) : undefined
      const startMs = before?.atMs ?? firstMs
      points.push({ name, kind: 'sum', value: value - (before?.value ?? 0), attributes, startMs })
      taken.set(metricName, { value, atMs: nowMs })
    }
    const onTaken = () => {
      this.#pushed = taken
      // Figures that are gone.
      const present = new Set(Array.from(this.#metrics, ({ metricName }) => metricName))
      for (const seen of this.#seenMs.keys()) if (!present.has(seen)) this.#seenMs.delete(seen)
    }
    return { points, onTaken }
  }

  #valueOf(metric: KafkaMetric): number | string | undefined {
    try {
      return metric.metricValue()
    } catch (error) {
      this.#onFailed(error, metric.metricName)
      return undefined
    }
  }
}

/** Tags but for the client's id, which the broker knows. */
function attributesOf({ tags }: MetricName): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags)
      .filter(([key]) => key !== 'client-id')
      .map(([key, value]) => [key.replace(/-/g, '_'), value]),
  )
}
