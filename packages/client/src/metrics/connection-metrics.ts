import type { Metrics, Sensor, SensorRows } from './metrics.ts'

/** Which client it is, in the names of groups. */
export type ClientKind = 'producer' | 'consumer' | 'admin-client'

const connected: SensorRows = {
  'connection-creation-rate': ['countRate', 'Connections opened per second.'],
  'connection-creation-total': ['count', 'Connections opened.'],
}
const closed: SensorRows = {
  'connection-close-rate': ['countRate', 'Connections closed per second.'],
  'connection-close-total': ['count', 'Connections closed.'],
}
const networkIo: SensorRows = {
  'network-io-rate': ['countRate', 'Requests sent and responses received per second, on all connections.'],
  'network-io-total': ['count', 'Requests sent and responses received, on all connections.'],
}
const authenticated: SensorRows = {
  'successful-authentication-rate': ['countRate', 'Connections per second that the broker took for who they are.'],
  'successful-authentication-total': ['count', 'Connections that the broker took for who they are.'],
}
const authenticatedOnce: SensorRows = {
  'successful-authentication-no-reauth-total': [
    'count',
    'Authenticated connections to brokers that do not ask again who the client is.',
  ],
}
const refused: SensorRows = {
  'failed-authentication-rate': ['countRate', 'Connections per second that were refused for who they are.'],
  'failed-authentication-total': ['count', 'Connections that were refused for who they are.'],
}
const authenticatedAgain: SensorRows = {
  'successful-reauthentication-rate': ['countRate', 'Connections per second that have shown anew who they are.'],
  'successful-reauthentication-total': ['count', 'Times that a connection has shown anew who it is.'],
  'reauthentication-latency-avg': ['average', 'Milliseconds that it takes to show anew who the client is.'],
  'reauthentication-latency-max': ['max', 'The longest that it took to show anew who the client is, in milliseconds.'],
}
const refusedAgain: SensorRows = {
  'failed-reauthentication-rate': ['countRate', 'Connections per second that were refused when asked again.'],
  'failed-reauthentication-total': ['count', 'Connections that were refused when asked again who they are.'],
}
const sent: SensorRows = {
  'outgoing-byte-rate': ['rate', 'Bytes sent per second.'],
  'outgoing-byte-total': ['total', 'Bytes sent.'],
  'request-rate': ['countRate', 'Requests sent per second.'],
  'request-total': ['count', 'Requests sent.'],
  'request-size-avg': ['average', 'Bytes of a request.'],
  'request-size-max': ['max', 'Bytes of the largest request.'],
}
const received: SensorRows = {
  'incoming-byte-rate': ['rate', 'Bytes received per second.'],
  'incoming-byte-total': ['total', 'Bytes received.'],
  'response-rate': ['countRate', 'Responses received per second.'],
  'response-total': ['count', 'Responses received.'],
}
const latency: SensorRows = {
  'request-latency-avg': ['average', 'Milliseconds from a request to its response.'],
  'request-latency-max': ['max', 'The longest from a request to its response, in milliseconds.'],
}

/** What goes over the connections of one client, all together and broker by broker. */
export class ConnectionMetrics {
  readonly #metrics: Metrics
  readonly #kind: ClientKind
  readonly #connected: Sensor
  readonly #closed: Sensor
  readonly #networkIo: Sensor
  readonly #sent: Sensor
  readonly #received: Sensor
  readonly #authenticated: Sensor
  readonly #authenticatedOnce: Sensor
  readonly #refused: Sensor
  readonly #authenticatedAgain: Sensor
  readonly #refusedAgain: Sensor
  readonly #nodes = new Map<string, NodeMetrics>()
  #connectionCount = 0

  constructor(metrics: Metrics, kind: ClientKind) {
    this.#metrics = metrics
    this.#kind = kind
    const group = `${kind}-metrics`
    this.#connected = metrics.sensor(group, connected)
    this.#closed = metrics.sensor(group, closed)
    this.#networkIo = metrics.sensor(group, networkIo)
    this.#sent = metrics.sensor(group, sent)
    this.#received = metrics.sensor(group, received)
    this.#authenticated = metrics.sensor(group, authenticated)
    this.#authenticatedOnce = metrics.sensor(group, authenticatedOnce)
    this.#refused = metrics.sensor(group, refused)
    this.#authenticatedAgain = metrics.sensor(group, authenticatedAgain)
    this.#refusedAgain = metrics.sensor(group, refusedAgain)
    metrics.gauge(group, 'connection-count', 'Connections that are open.', () => this.#connectionCount)
  }

  /** `id`: `1` of a broker, `-1` of a bootstrap server, `+1` of a coordinator, which has a connection of its own. */
  node(id: string): NodeMetrics {
    let node = this.#nodes.get(id)
    if (node === undefined) {
      node = new NodeMetrics(this.#metrics, `${this.#kind}-node-metrics`, id, this)
      this.#nodes.set(id, node)
    }
    return node
  }

  onConnected(): void {
    this.#connectionCount++
    this.#connected.record(1)
  }

  onClosed(): void {
    this.#connectionCount--
    this.#closed.record(1)
  }

  /** `asksAgain`: the broker will want to know again (KIP-368). */
  onAuthenticated({ asksAgain }: { asksAgain: boolean }): void {
    this.#authenticated.record(1)
    if (!asksAgain) this.#authenticatedOnce.record(1)
  }

  onRefused(): void {
    this.#refused.record(1)
  }

  onAuthenticatedAgain(tookMs: number): void {
    this.#authenticatedAgain.record(tookMs)
  }

  onRefusedAgain(): void {
    this.#refusedAgain.record(1)
  }

  onSent(bytes: number, nowMs: number): void {
    this.#networkIo.record(1, nowMs)
    this.#sent.record(bytes, nowMs)
  }

  onReceived(bytes: number, nowMs: number): void {
    this.#networkIo.record(1, nowMs)
    this.#received.record(bytes, nowMs)
  }
}

/** What goes over the connections to one broker. */
export class NodeMetrics {
  readonly connections: ConnectionMetrics
  readonly #clock: Metrics['clock']
  readonly #sent: Sensor
  readonly #received: Sensor
  readonly #latency: Sensor

  constructor(metrics: Metrics, group: string, id: string, connections: ConnectionMetrics) {
    const tags = { 'node-id': `node-${id}` }
    this.connections = connections
    this.#clock = metrics.clock
    this.#sent = metrics.sensor(group, sent, tags)
    this.#received = metrics.sensor(group, received, tags)
    this.#latency = metrics.sensor(group, latency, tags)
  }

  /** A request, with its header and the length before it. */
  onSent(bytes: number): void {
    const nowMs = this.#clock.monotonic()
    this.#sent.record(bytes, nowMs)
    this.connections.onSent(bytes, nowMs)
  }

  /** A response, with its header and the length before it. */
  onReceived(bytes: number): void {
    const nowMs = this.#clock.monotonic()
    this.#received.record(bytes, nowMs)
    this.connections.onReceived(bytes, nowMs)
  }

  /** `nowMs`: on the monotonic clock. */
  onAnswered(tookMs: number, nowMs: number): void {
    this.#latency.record(tookMs, nowMs)
  }
}
