/** A client that pushes its metrics, as the broker sees it. */
export interface TelemetryContext {
  readonly clientId: string | null
  /** How the client named itself in ApiVersions; `unknown` when it did not. */
  readonly softwareName: string
  readonly softwareVersion: string
  readonly address: string
  readonly port: number
  readonly listenerName: string
}

/** What a client has pushed. */
export interface TelemetryPayload {
  /** Id of the client, for as long as it lives. */
  readonly clientInstanceId: string
  /** The last push of a client that closes. */
  readonly isTerminating: boolean
  /** `OTLP`: `data` is OpenTelemetry's `MetricsData`, in protobuf. */
  readonly contentType: 'OTLP'
  /** Opened, if it was compressed; at most `telemetry.max.bytes`. A view that lives no longer than the call: copy what is kept. */
  readonly data: Uint8Array
}

/**
 * Takes the metrics that clients push (KIP-714), as a `ClientTelemetryReceiver` does in Kafka. Without one the broker does not serve GetTelemetrySubscriptions and PushTelemetry,
 * as Kafka does not without a plugin, so that no client takes the trouble.
 */
export interface TelemetryReceiver {
  /** What it throws is answered as INVALID_RECORD. Not waited for. */
  exportMetrics(context: TelemetryContext, payload: TelemetryPayload): void
}
