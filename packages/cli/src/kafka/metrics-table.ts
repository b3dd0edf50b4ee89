import type { KafkaMetric, MetricName } from '@dorsale/client'

/** What `--print-metrics` prints at the end: every figure of the client by group, name and tags, as Java prints a map; numbers with three digits behind the point. */
export function metricsTable(metrics: ReadonlyMap<MetricName, KafkaMetric>): string {
  const rows = [...metrics.values()].map(metric => {
    const { group, name, tags } = metric.metricName
    const words = Object.entries(tags).map(([tag, value]) => `${tag}=${value}`)
    return [`${group}:${name}:{${words.join(', ')}}`, valueText(metric)] as const
  })
  if (rows.length === 0) return ''
  const width = Math.max(...rows.map(([title]) => title.length))
  const lines = rows
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([title, value]) => `${title.padEnd(width)} : ${value}\n`)
  return `\n${'Metric Name'.padEnd(width)}   Value\n${lines.join('')}`
}

function valueText(metric: KafkaMetric): string {
  const value = metric.metricValue()
  // What the client says of itself are whole numbers and texts; what it measures, floating point, whole or not.
  return typeof value === 'string' || metric.metricName.group === 'app-info' ? String(value) : value.toFixed(3)
}
