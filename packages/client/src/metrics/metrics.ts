import { type Clock, type SampleWindows, WindowedSamples } from '@dorsale/base'

/** What a figure of a client is called, as Kafka's clients call it. */
export interface MetricName {
  readonly name: string
  /** `producer-metrics`, `consumer-fetch-manager-metrics`, ... */
  readonly group: string
  readonly description: string
  /** `client-id`, and of which broker, topic or partition it is. */
  readonly tags: Readonly<Record<string, string>>
}

/** One figure of a client. */
export interface KafkaMetric {
  readonly metricName: MetricName
  /** Whether it only grows while the client lives. */
  readonly isCumulative: boolean
  /** The figure at this moment; NaN while there is nothing to tell, text for what is no number (`version`). */
  metricValue(): number | string
}

/**
 * What of the values that a sensor is told a figure shows. `rate` and `average` look back over the windows of `metrics.num.samples` and `metrics.sample.window.ms`, as do `max` and
 * `min`; `countRate` is how often it was told, for each second, `hourlyRate` for each hour; `total` and `count` are all there was; `last` is the newest value.
 */
export type Measure = 'rate' | 'countRate' | 'hourlyRate' | 'average' | 'max' | 'min' | 'total' | 'count' | 'last'

/** Figures by name: what they show, and a description. */
export type SensorRows = Readonly<Record<string, readonly [Measure, string]>>

export type Tags = Readonly<Record<string, string>>

export interface MetricsOptions {
  readonly clock: Pick<Clock, 'monotonic' | 'now'>
  readonly windows: SampleWindows
  /** The tag of every figure. */
  readonly clientId: string
}

/** The figures of one client. */
export class Metrics {
  readonly clock: MetricsOptions['clock']
  readonly #windows: SampleWindows
  readonly #clientId: string
  readonly #all = new Map<MetricName, KafkaMetric>()

  constructor({ clock, windows, clientId }: MetricsOptions) {
    this.clock = clock
    this.#windows = windows
    this.#clientId = clientId
    this.gauge('kafka-metrics-count', 'count', 'How many figures the client has.', () => this.#all.size)
  }

  /** The figures as they are now: a view that goes on with the client. */
  get all(): ReadonlyMap<MetricName, KafkaMetric> {
    return this.#all
  }

  /** Something that is told values, and the figures that it keeps of them. */
  sensor(group: string, rows: SensorRows, tags: Tags = {}): Sensor {
    const names: MetricName[] = []
    const sensor = new Sensor(this.clock, this.#windows, () => {
      for (const name of names) this.#all.delete(name)
    })
    for (const [name, [measure, description]] of Object.entries(rows)) {
      const isCumulative = measure === 'total' || measure === 'count'
      names.push(this.#add({ group, name, description, tags }, isCumulative, () => sensor.measure(measure)))
    }
    return sensor
  }

  /** A figure that is asked for when somebody looks. Answers what removes it. */
  gauge(group: string, name: string, description: string, value: () => number | string, tags: Tags = {}): () => void {
    const metricName = this.#add({ group, name, description, tags }, false, value)
    return () => this.#all.delete(metricName)
  }

  #add(of: MetricName, isCumulative: boolean, metricValue: () => number | string): MetricName {
    const metricName: MetricName = { ...of, tags: { 'client-id': this.#clientId, ...of.tags } }
    this.#all.set(metricName, { metricName, isCumulative, metricValue })
    return metricName
  }
}

/** Is told values. That costs some additions, and no memory. */
export class Sensor {
  readonly #clock: MetricsOptions['clock']
  readonly #samples: WindowedSamples
  readonly #remove: () => void
  #total = 0
  #count = 0
  #last = Number.NaN

  constructor(clock: MetricsOptions['clock'], windows: SampleWindows, remove: () => void) {
    this.#clock = clock
    this.#samples = new WindowedSamples(windows, clock.monotonic())
    this.#remove = remove
  }

  /** `nowMs`: on the monotonic clock. */
  record(value: number, nowMs = this.#clock.monotonic()): void {
    this.#total += value
    this.#count++
    this.#last = value
    this.#samples.record(value, nowMs)
  }

  measure(measure: Measure): number {
    const nowMs = this.#clock.monotonic()
    switch (measure) {
      case 'rate':
        return this.#samples.rate(nowMs)
      case 'countRate':
        return this.#samples.countRate(nowMs)
      case 'hourlyRate':
        return this.#samples.countRate(nowMs) * 3600
      case 'average':
        return this.#samples.average(nowMs)
      case 'max':
        return this.#samples.max(nowMs)
      case 'min':
        return this.#samples.min(nowMs)
      case 'total':
        return this.#total
      case 'count':
        return this.#count
      case 'last':
        return this.#last
    }
  }

  /** The figures are no more. */
  remove(): void {
    this.#remove()
  }
}

/** The figure of a name; `group` and `tags` tell those of one name apart, and may be left out. Undefined: there is none. */
export function findMetric(
  metrics: ReadonlyMap<MetricName, KafkaMetric>,
  of: { readonly name: string; readonly group?: string; readonly tags?: Tags },
): KafkaMetric | undefined {
  const tags = Object.entries(of.tags ?? {})
  for (const [name, metric] of metrics) {
    if (name.name !== of.name || (of.group !== undefined && name.group !== of.group)) continue
    if (tags.every(([key, value]) => name.tags[key] === value)) return metric
  }
  return undefined
}
