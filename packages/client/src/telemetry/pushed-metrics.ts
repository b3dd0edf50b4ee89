import type { KafkaMetric, MetricName } from '../metrics/metrics.ts'

/** What a client tells the brokers of: its own figures, and those that the application has put beside them (KIP-1076). */
export class PushedMetrics implements Iterable<KafkaMetric> {
  readonly #own: ReadonlyMap<MetricName, KafkaMetric>
  /** By name, group and tags. */
  readonly #added = new Map<string, KafkaMetric>()

  constructor(own: ReadonlyMap<MetricName, KafkaMetric>) {
    this.#own = own
  }

  *[Symbol.iterator](): Generator<KafkaMetric> {
    yield* this.#own.values()
    yield* this.#added.values()
  }

  /** Takes the place of one of the application's that is called the same. False: one of the client's own is, and stays. */
  add(metric: KafkaMetric): boolean {
    if (this.#isOwn(metric)) return false
    this.#added.set(keyOf(metric), metric)
    return true
  }

  /** False: it is one of the client's own, and stays. */
  remove(metric: KafkaMetric): boolean {
    if (this.#isOwn(metric)) return false
    this.#added.delete(keyOf(metric))
    return true
  }

  #isOwn(metric: KafkaMetric): boolean {
    const key = keyOf(metric)
    return [...this.#own.values()].some(own => own === metric || keyOf(own) === key)
  }
}

function keyOf({ metricName: { group, name, tags } }: KafkaMetric): string {
  return JSON.stringify([group, name, Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1))])
}
