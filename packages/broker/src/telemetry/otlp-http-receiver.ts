import { DorsaleError, type Logger, ProtobufWriter } from '@dorsale/base'
import type { TelemetryContext, TelemetryPayload, TelemetryReceiver } from './receiver.ts'

export interface OtlpHttpOptions {
  /** An OpenTelemetry collector's endpoint for metrics, `http://localhost:4318/v1/metrics`. */
  readonly url: string
  readonly fetch: typeof globalThis.fetch
  readonly logger: Logger
  /** Beside the content type: a token, say. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Passes what clients push on to an OpenTelemetry collector, by OTLP over HTTP, in protobuf: what Kafka calls MetricsData is what the collector calls ExportMetricsServiceRequest, to the byte. Who pushed is added
 * to each resource, under the labels of KIP-714: `client_instance_id`, `client_id`, `client_software_name` and `_version`, `client_source_address` and `_port`.
 *
 * A collector that is away or slow loses metrics and holds up nobody: at most `underWayMax` requests wait for it.
 */
export function otlpHttpReceiver(options: OtlpHttpOptions): TelemetryReceiver {
  const { url, logger, headers } = options
  let underWay = 0
  /** So that a collector that is away is told of once. */
  let isFailing = false
  const failed = (error: unknown) => {
    if (!isFailing) logger.warn('client metrics are not taken by the collector', { url, error })
    isFailing = true
  }
  return {
    exportMetrics(context, payload) {
      const body = withClient(payload.data, labelsOf(context, payload))
      if (underWay >= underWayMax) {
        failed(new DorsaleError('DORSALE_COLLECTOR', `${underWayMax} requests wait for the collector`))
        return
      }
      underWay++
      const request = { method: 'POST', headers: { 'content-type': 'application/x-protobuf', ...headers }, body }
      options
        .fetch(url, request)
        .then(async response => {
          // Read to its end, or the connection is not used again.
          await response.arrayBuffer()
          if (!response.ok) throw new DorsaleError('DORSALE_COLLECTOR', `the collector answered ${response.status}`)
          if (isFailing) logger.info('client metrics are taken by the collector again', { url })
          isFailing = false
        })
        .catch(failed)
        .finally(() => underWay--)
    },
  }
}

function labelsOf(context: TelemetryContext, { clientInstanceId }: TelemetryPayload): Record<string, string> {
  return {
    client_instance_id: clientInstanceId,
    ...(context.clientId !== null && { client_id: context.clientId }),
    client_software_name: context.softwareName,
    client_software_version: context.softwareVersion,
    client_source_address: context.address,
    client_source_port: String(context.port),
  }
}

/**
 * Puts attributes into each resource of a MetricsData without reading it: a message that stands twice where one is due is merged by whoever reads protobuf, so a resource of our own before the client's adds to
 * it. Throws for bytes that are no MetricsData.
 */
function withClient(data: Uint8Array, labels: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const out = new ProtobufWriter()
  for (let position = 0; position < data.length; ) {
    const tag = readVarint(data, position)
    const size = readVarint(data, tag.next)
    const end = size.next + size.value
    if (tag.value !== resourceMetricsTag || end > data.length) throw damaged()
    out.message(1, () => {
      out.message(1, () => {
        for (const [key, value] of Object.entries(labels)) {
          out.message(1, () => {
            out.text(1, key)
            out.message(2, () => out.text(1, value))
          })
        }
      })
      out.raw(data.subarray(size.next, end))
    })
    position = end
  }
  return new Uint8Array(out.bytes)
}

function readVarint(bytes: Uint8Array, start: number): { value: number; next: number } {
  let value = 0
  for (let index = 0; index < 5; index++) {
    const byte = bytes[start + index]
    if (byte === undefined) throw damaged()
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return { value, next: start + index + 1 }
  }
  throw damaged()
}

function damaged(): DorsaleError {
  return new DorsaleError('DORSALE_DAMAGED', 'what was pushed is no MetricsData of OTLP')
}

/** Field 1 of MetricsData, a message. */
const resourceMetricsTag = 0x0a
const underWayMax = 64
