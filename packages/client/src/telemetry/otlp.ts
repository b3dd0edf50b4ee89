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
 * Written out here because it is two dozen fields: a library of protobuf would be most of what a client installs.
 */

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
  const out = new Writer()
  out.message(1, () => {
    out.message(1, () => attributes(out, 1, resource))
    out.message(2, () => {
      for (const point of points) out.message(2, () => metric(out, point, { timeMs, temporality }))
    })
  })
  return out.bytes
}

function metric(
  out: Writer,
  point: MetricPoint,
  { timeMs, temporality }: Pick<MetricsData, 'timeMs' | 'temporality'>,
): void {
  out.text(1, point.name)
  const isSum = point.kind === 'sum'
  out.message(isSum ? 7 : 5, () => {
    out.message(1, () => {
      if (isSum) out.nanoseconds(2, point.startMs)
      out.nanoseconds(3, timeMs)
      out.double(4, point.value)
      attributes(out, 7, point.attributes)
    })
    if (!isSum) return
    out.varintField(2, temporality === 'delta' ? 1 : 2)
    out.varintField(3, 1)
  })
}

function attributes(out: Writer, field: number, labels: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(labels)) {
    out.message(field, () => {
      out.text(1, key)
      out.message(2, () => out.text(1, value))
    })
  }
}

/** The four wire types that are needed. A message is written first, and its length put before it then. */
class Writer {
  #buffer = Buffer.allocUnsafe(16 * 1024)
  #length = 0

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  message(field: number, write: () => void): void {
    this.#tag(field, wireTypes.bytes)
    const start = this.#length
    write()
    const size = this.#length - start
    const lengthBytes = varintSize(size)
    this.#reserve(lengthBytes)
    this.#buffer.copyWithin(start + lengthBytes, start, this.#length)
    this.#length = start
    this.#varint(size)
    this.#length += size
  }

  text(field: number, text: string): void {
    const size = Buffer.byteLength(text)
    this.#tag(field, wireTypes.bytes)
    this.#varint(size)
    this.#reserve(size)
    this.#buffer.write(text, this.#length)
    this.#length += size
  }

  double(field: number, value: number): void {
    this.#tag(field, wireTypes.fixed64)
    this.#reserve(8)
    this.#length = this.#buffer.writeDoubleLE(value, this.#length)
  }

  nanoseconds(field: number, ms: number): void {
    this.#tag(field, wireTypes.fixed64)
    this.#reserve(8)
    this.#length = this.#buffer.writeBigUInt64LE(BigInt(Math.max(0, Math.round(ms))) * 1_000_000n, this.#length)
  }

  varintField(field: number, value: number): void {
    this.#tag(field, wireTypes.varint)
    this.#varint(value)
  }

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType)
  }

  #varint(value: number): void {
    this.#reserve(5)
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#buffer[this.#length++] = (rest & 0x7f) | 0x80
    this.#buffer[this.#length++] = rest
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2 } as const

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest > 0x7f; rest >>>= 7) size++
  return size
}
