/**
 * OpenTelemetry's `MetricsData` (OTLP 1.x) in protobuf, as far as a push of client metrics needs it: one resource, one scope, one point for each metric.
 *
 *     MetricsData      1 ResourceMetrics   { 1 Resource, 2 ScopeMetrics }
 *     Resource         1 KeyValue
 *     ScopeMetrics     2 Metric            { 1 name, 5 Gauge | 7 Sum }
 *     Gauge            1 NumberDataPoint
 *     Sum              1 NumberDataPoint, 2 temporality, 3 is monotonic
 *     NumberDataPoint  2 start (fixed64 ns), 3 time (fixed64 ns), 4 as double, 7 KeyValue
 *     KeyValue         1 key, 2 AnyValue   { 1 text }
 *
 * Written by hand because it is two dozen fields: a library of protobuf would be most of what a client installs.
 */
import { ProtobufWriter } from '@dorsale/base'

/** One figure, as it is at one moment. */
export interface MetricPoint {
  readonly name: string
  /** A sum only grows; a gauge is what it is. */
  readonly kind: 'gauge' | 'sum'
  readonly value: number
  readonly attributes: Readonly<Record<string, string>>
  /** Since when a sum counts, in milliseconds since 1970. Of no meaning for a gauge. */
  readonly startMs: number
}

export interface MetricsData {
  readonly resource: Readonly<Record<string, string>>
  readonly points: readonly MetricPoint[]
  /** When the points were taken, in milliseconds since 1970. */
  readonly timeMs: number
  /** What sums count: since `startMs`, which is the last push or the beginning. */
  readonly temporality: 'delta' | 'cumulative'
}

export function encodeMetricsData({ resource, points, timeMs, temporality }: MetricsData): Uint8Array {
  const out = new ProtobufWriter()
  out.message(1, () => {
    out.message(1, () => attributes(out, 1, resource))
    out.message(2, () => {
      for (const point of points) out.message(2, () => metric(out, point, { timeMs, temporality }))
    })
  })
  return out.bytes
}

function metric(
  out: ProtobufWriter,
  point: MetricPoint,
  { timeMs, temporality }: Pick<MetricsData, 'timeMs' | 'temporality'>,
): void {
  out.text(1, point.name)
  const isSum = point.kind === 'sum'
  out.message(isSum ? 7 : 5, () => {
    out.message(1, () => {
      if (isSum) out.fixed64(2, nanoseconds(point.startMs))
      out.fixed64(3, nanoseconds(timeMs))
      out.double(4, point.value)
      attributes(out, 7, point.attributes)
    })
    if (!isSum) return
    out.varint(2, temporality === 'delta' ? 1 : 2)
    out.varint(3, 1)
  })
}

function attributes(out: ProtobufWriter, field: number, labels: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(labels)) {
    out.message(field, () => {
      out.text(1, key)
      out.message(2, () => out.text(1, value))
    })
  }
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.max(0, Math.round(ms))) * 1_000_000n
}
