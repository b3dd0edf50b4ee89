/** The figures of clients as Prometheus scrapes them: its text format, version 0.0.4. */
import type { KafkaMetric, MetricName } from './metrics.ts'

/** Any client: what tells its figures. */
export interface Measured {
  metrics(): ReadonlyMap<MetricName, KafkaMetric>
}

/** What `prometheusText` may be told. */
export interface PrometheusOptions {
  /** Added to every figure: `{ group: 'billing' }`, say, which Kafka's clients do not tell. Default: none. */
  readonly labels?: Readonly<Record<string, string>>
}

/** For the header `content-type` of whoever answers a scrape. */
export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * The figures of clients, by the names that Kafka's have behind the JMX exporter with the usual rules (R-03-233, R-04-195): `kafka_producer_record_send_rate{client_id}`,
 * `kafka_producer_topic_byte_rate{client_id,topic}`, `kafka_consumer_records_lag{client_id,topic,partition}`. What counts up is a counter, all else a gauge; figures with
 * nothing to tell yet, and those that are text, are left out.
 *
 * ```ts
 * createServer((_, response) => {
 *   response.setHeader('content-type', prometheusContentType)
 *   response.end(prometheusText([producer, consumer]))
 * }).listen(9999)
 * ```
 */
export function prometheusText(clients: Iterable<Measured>, { labels = {} }: PrometheusOptions = {}): string {
  const families = new Map<string, { readonly head: string; readonly lines: string[] }>()
  for (const client of clients) {
    for (const metric of client.metrics().values()) {
      const value = metric.metricValue()
      if (typeof value !== 'number' || Number.isNaN(value)) continue
      const { metricName, isCumulative } = metric
      const name = prometheusName(metricName)
      let family = families.get(name)
      if (family === undefined) {
        const help = `# HELP ${name} ${metricName.description.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`
        family = { head: `${help}\n# TYPE ${name} ${isCumulative ? 'counter' : 'gauge'}`, lines: [] }
        families.set(name, family)
      }
      family.lines.push(`${name}{${labelsOf({ ...labels, ...metricName.tags })}} ${numberText(value)}`)
    }
  }
  return [...families.values()].map(({ head, lines }) => `${head}\n${lines.join('\n')}\n`).join('')
}

/**
 * A name has one set of labels, or sums over it would count twice: what a consumer tells of each topic beside the whole is called otherwise, and so are the averages and extremes
 * of a partition.
 */
function prometheusName({ group, name, tags }: MetricName): string {
  const role = group.replace(/-metrics$/, '').replace(/-(fetch-manager|coordinator)$/, '')
  const isShared = group.includes('fetch-manager')
  const isExtreme = /-(avg|max|min)$/.test(name)
  let level = ''
  if (isShared && 'partition' in tags) level = isExtreme ? 'partition-' : ''
  else if (isShared && 'topic' in tags) level = 'topic-'
  return `kafka-${role}-${level}${name}`.replaceAll(/[^a-zA-Z0-9_]/g, '_')
}

function labelsOf(tags: Readonly<Record<string, string>>): string {
  const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return Object.entries(tags)
    .map(([key, value]) => `${key.replaceAll(/[^a-zA-Z0-9_]/g, '_')}="${escaped(value)}"`)
    .join(',')
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return value > 0 ? '+Inf' : '-Inf'
}
